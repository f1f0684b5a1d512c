import { constants } from "node:fs";
import { lstat, mkdir, open, realpath, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { ok, type Result } from "#shared/kernel/failure.ts";
import { expected, outside, refuse, type FileRefusal } from "./worktree-refusals.ts";

/** A name in an open folder of the worktree. Whoever gets it closes the folder. */
export interface Place {
  readonly folder: FileHandle;
  /** The folder's path when it was opened; only for systems without /proc. */
  readonly folderPath: string;
  readonly name: string;
}

/**
 * What to do at the last name of a path: `follow` a symlink to where it leads, to read; `keep` it as it is, to remove
 * or move it; or `create`: follow it where it leads to something, make the folders above that are missing.
 */
type Last = "follow" | "keep" | "create";

/** A path through the open folder itself: it stays in that folder, whatever happens to the names above. */
export const at = (place: Place): string =>
  path.join(process.platform === "linux" ? `/proc/self/fd/${place.folder.fd}` : place.folderPath, place.name);

/**
 * Finds `file` below `worktree` without ever leaving it. Symlinks are resolved first, and the resolved path is then
 * walked folder by folder without following any: whoever swaps one in meanwhile gets a refusal, not a way out.
 * (Without /proc, on macOS, a swap in the last moment is not caught.)
 */
export async function locate(
  worktree: string,
  file: string,
  last: Last,
): Promise<Result<Place, FileRefusal>> {
  try {
    const root = await realpath(worktree);
    const inner = innerPath(root, worktree, file);
    if (inner === null) return outside(file);
    if (inner === "") return refuse("not_a_file", file || "The empty path", "is the worktree itself");
    const resolved = await resolveInside(root, inner, last);
    if (resolved === null) return outside(file);
    if (resolved.length === 0) return refuse("not_a_file", file, "is the worktree itself");
    if (last !== "follow" && resolved[0]?.toLowerCase() === ".git")
      return refuse("not_writable", file, "belongs to git");
    return ok(await walk(root, resolved, last === "create"));
  } catch (error) {
    return expected(error, file);
  }
}

/** `file` relative to the worktree with `.` and `..` worked out, or null where it leads out by its text alone. */
function innerPath(root: string, worktree: string, file: string): string | null {
  if (file.includes("\0")) return null;
  const base = path.isAbsolute(file) && !isWithin(root, file) ? worktree : root;
  const inner = path.relative(base, path.resolve(base, file));
  return inner === ".." || inner.startsWith(`..${path.sep}`) ? null : inner;
}

const isWithin = (root: string, file: string): boolean => file === root || file.startsWith(root + path.sep);

/** The names from the root to the file, with symlinks resolved; null where they lead out. */
async function resolveInside(root: string, inner: string, last: Last): Promise<string[] | null> {
  const whole = path.join(root, inner);
  const real =
    last === "keep"
      ? path.join(await realpath(path.dirname(whole)), path.basename(whole))
      : await resolveExisting(whole, last);
  if (real === null || !isWithin(root, real)) return null;
  return real
    .slice(root.length + 1)
    .split(path.sep)
    .filter(Boolean);
}

/** The real path; for `create`, of what exists of it, and the rest as it is. Null for a symlink that leads nowhere. */
async function resolveExisting(whole: string, last: Last): Promise<string | null> {
  const missing: string[] = [];
  for (let known = whole; ; known = path.dirname(known)) {
    try {
      return path.join(await realpath(known), ...missing.toReversed());
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isMissing || last !== "create") throw error;
      const dangling = await lstat(known).catch(() => null);
      if (dangling) return null;
      missing.push(path.basename(known));
    }
  }
}

async function walk(root: string, names: readonly string[], create: boolean): Promise<Place> {
  const folders = names.slice(0, -1);
  const name = names.at(-1) ?? "";
  let folder = await openFolder(root);
  let folderPath = root;
  for (const next of folders) {
    const deeper = at({ folder, folderPath, name: next });
    try {
      if (create) await mkdir(deeper).catch(ignoreExisting);
      const opened = await openFolder(deeper);
      await folder.close();
      folder = opened;
    } catch (error) {
      await folder.close();
      throw error;
    }
    folderPath = path.join(folderPath, next);
  }
  return { folder, folderPath, name };
}

const openFolder = (name: string): Promise<FileHandle> =>
  open(name, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
