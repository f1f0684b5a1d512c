/**
 * Brings along what a fresh worktree lacks: ignored files such as `.env`, by the patterns of the project's
 * `.worktreeinclude` (gitignore syntax) or its `oriel.json`. Tracked and untracked files are never among them.
 */
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { git } from "./runner.ts";
import type { SessionGit } from "./session-git.ts";

export interface CopiedFiles {
  /** Paths relative to the worktree. */
  readonly copied: readonly string[];
  /** What could not be read or written, and why. */
  readonly failed: readonly { readonly path: string; readonly why: string }[];
}

/**
 * Copies the ignored files of the person's folder that `patterns` (lines of gitignore syntax) name into the new
 * worktree, copy-on-write where the file system can. For before the agent starts. What is in the worktree already is
 * kept, and is in neither list.
 */
export async function copyIgnored(
  session: SessionGit,
  patterns: string,
  signal?: AbortSignal,
): Promise<CopiedFiles> {
  const { gitDir, root } = session.project;
  // A bare repository has no folder to copy from.
  if (gitDir === root || patterns.trim() === "") return { copied: [], failed: [] };
  const call = {
    repository: gitDir,
    workTree: root,
    config: "person",
    ...(signal && { signal }),
  } as const;
  const list = path.join(session.hostDir, "worktreeinclude");
  await writeFile(list, patterns);
  try {
    const wanted = await git(["ls-files", "-z", "--others", "--ignored", `--exclude-from=${list}`], call);
    const ignored = await git(["check-ignore", "-z", "--stdin"], {
      ...call,
      input: wanted.stdout,
      exits: [0, 1],
    });
    const names = ignored.stdout
      .toString("utf8")
      .split("\0")
      .filter((name) => name !== "" && !name.endsWith("/"));
    const copied: string[] = [];
    const failed: { path: string; why: string }[] = [];
    for (const name of names) {
      try {
        if (await copyOne(path.join(root, name), session.worktree, name)) copied.push(name);
      } catch (error) {
        // One file that can't be read is no reason to go without the others.
        if (!(error instanceof Error && "code" in error)) throw error;
        failed.push({ path: name, why: error.message });
      }
    }
    return { copied, failed };
  } finally {
    await rm(list, { force: true });
  }
}

async function copyOne(from: string, worktree: string, name: string): Promise<boolean> {
  const stats = await lstat(from).catch(() => null);
  if (!stats?.isFile() && !stats?.isSymbolicLink()) return false;
  const to = path.join(worktree, name);
  if (!(await makeFolders(worktree, path.dirname(name))) || (await lstat(to).catch(() => null))) return false;
  if (stats.isSymbolicLink()) await symlink(await readlink(from), to);
  else await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  return true;
}

/** Makes the folders to `below`. False where one of them is something else: a link of the base may lead anywhere. */
async function makeFolders(worktree: string, below: string): Promise<boolean> {
  if (below === ".") return true;
  if (!(await makeFolders(worktree, path.dirname(below)))) return false;
  const folder = path.join(worktree, below);
  const found = await lstat(folder).catch(() => null);
  if (!found) await mkdir(folder);
  return found?.isDirectory() ?? true;
}
