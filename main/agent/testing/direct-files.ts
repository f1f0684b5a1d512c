import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fail, ok, type Result } from "#shared/kernel/failure.ts";
import type { FileRefusal, WorktreeFiles } from "../agent.ts";

/** Files below a folder, straight on the disk: enough of a worktree for a test. */
export function directFiles(root: string): WorktreeFiles {
  const resolve = (file: string): string | null => {
    const full = path.resolve(root, file);
    return full.startsWith(`${root}${path.sep}`) ? full : null;
  };
  const refuse = (code: FileRefusal, message: string) => fail({ code, message });
  const within = async <Value>(
    file: string,
    run: (full: string) => Promise<Value>,
  ): Promise<Result<Value, FileRefusal>> => {
    const full = resolve(file);
    if (!full) return refuse("outside_worktree", "lies outside the worktree.");
    try {
      return ok(await run(full));
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (code === "ENOENT") return refuse("not_found", "no such file.");
      if (code === "EISDIR") return refuse("not_a_file", "is a folder.");
      if (code === "EACCES" || code === "EROFS" || code === "ENOTDIR")
        return refuse("not_writable", "cannot be written.");
      throw error;
    }
  };
  return {
    async read(file, maxBytes) {
      const size = await within(file, async (full) => (await stat(full)).size);
      if (!size.ok) return size;
      if (size.value > maxBytes)
        return refuse("too_large", `has ${size.value} bytes; the limit is ${maxBytes}.`);
      return within(file, (full) => readFile(full));
    },
    write: (file, bytes) =>
      within(file, async (full) => {
        await mkdir(path.dirname(full), { recursive: true });
        await writeFile(full, bytes);
      }),
    remove: (file) => within(file, (full) => rm(full)),
    move: (from, to) => {
      const target = resolve(to);
      if (!target) return Promise.resolve(refuse("outside_worktree", "lies outside the worktree."));
      return within(from, async (full) => {
        await mkdir(path.dirname(target), { recursive: true });
        await rename(full, target);
      });
    },
  };
}
