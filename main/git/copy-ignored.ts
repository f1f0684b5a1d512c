/**
 * Brings along what a fresh worktree lacks: ignored files such as `.env`, by the patterns of the project's
 * `.worktreeinclude` (gitignore syntax) or its `oriel.json`. Tracked and untracked files are never among them.
 */
import { constants } from "node:fs";
import { copyFile, lstat, mkdir, readlink, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { git } from "./runner.ts";
import type { SessionGit } from "./session-git.ts";

/**
 * Copies the ignored files of the person's folder that `patterns` (lines of gitignore syntax) name into the new
 * worktree, copy-on-write where the file system can. For before the agent starts. Returns the paths that were copied;
 * what is in the worktree already is kept.
 */
export async function copyIgnored(
  session: SessionGit,
  patterns: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { gitDir, root } = session.project;
  // A bare repository has no folder to copy from.
  if (gitDir === root || patterns.trim() === "") return [];
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
    for (const name of names)
      if (await copyOne(path.join(root, name), session.worktree, name)) copied.push(name);
    return copied;
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
