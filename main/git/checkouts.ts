import { realpath } from "node:fs/promises";
import type { ProjectPlace } from "./project.ts";
import { git, GitError, gitText } from "./runner.ts";
import type { GitCall } from "./runner.ts";

/** A folder of the person's in which a branch is checked out. */
export interface Checkout {
  readonly folder: string;
  readonly gitDir: string;
}

/** Pure: parses `git worktree list --porcelain -z`: attributes end with NUL, a worktree with one more. */
export function parseWorktrees(output: Buffer): { folder: string; branch: string | null }[] {
  return output
    .toString("utf8")
    .split("\0\0")
    .filter((record) => record !== "")
    .map((record) => {
      const attribute = (name: string) =>
        record
          .split("\0")
          .find((line) => line.startsWith(`${name} `))
          ?.slice(name.length + 1);
      const ref = attribute("branch");
      return { folder: attribute("worktree") ?? "", branch: ref?.replace(/^refs\/heads\//, "") ?? null };
    });
}

/** Every folder of the person's with `branch` checked out. One that can't be read any more is not among them. */
export async function checkoutsOf(
  project: ProjectPlace,
  branch: string,
  signal?: AbortSignal,
): Promise<Checkout[]> {
  const call = signal ? { signal } : {};
  const listed = await git(["worktree", "list", "--porcelain", "-z"], {
    repository: project.commonDir,
    ...call,
  });
  const folders = parseWorktrees(listed.stdout).filter((worktree) => worktree.branch === branch);
  const checkouts: Checkout[] = [];
  for (const { folder } of folders) {
    const gitDir = await gitDirOf(folder, project, call);
    if (gitDir !== null) checkouts.push({ folder, gitDir });
  }
  return checkouts;
}

async function gitDirOf(
  folder: string,
  project: ProjectPlace,
  call: { signal?: AbortSignal },
): Promise<string | null> {
  const ask = (question: string) =>
    gitText(["rev-parse", "--path-format=absolute", question], {
      repository: null,
      cwd: folder,
      config: "person",
      ...call,
    });
  try {
    if ((await ask("--is-inside-work-tree")) !== "true") return null;
    // The folder may have become another repository's since it was registered.
    const common = await realpath(await ask("--git-common-dir"));
    return common === (await realpath(project.commonDir)) ? await ask("--absolute-git-dir") : null;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}

/** Whether nothing tracked differs from HEAD in `checkout`, and no merge, rebase or the like is half done there. */
export async function isClean(checkout: Checkout, signal?: AbortSignal): Promise<boolean> {
  const call = callIn(checkout, signal);
  const status = ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=dirty"];
  if ((await git(status, { ...call, maxBytes: 1 })).stdout.length > 0) return false;
  for (const half of ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD"])
    if ((await git(["rev-parse", "-q", "--verify", half], { ...call, exits: [0, 1] })).exit === 0)
      return false;
  return true;
}

/**
 * Moves the files and the index of a clean checkout from commit `from` to `to`, as a fast-forward does. Git refuses,
 * and changes nothing, where that would overwrite a file that is not in `from`: then the result is false.
 */
export async function advance(
  checkout: Checkout,
  from: string,
  to: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const move = ["read-tree", "-m", "-u", from, to];
  return (await git(move, { ...callIn(checkout, signal), exits: [0, 1, 128] })).exit === 0;
}

/** The checkout is the person's, and so are the filters (LFS, for one) that their configuration names for its files. */
const callIn = ({ folder, gitDir }: Checkout, signal?: AbortSignal): GitCall => ({
  repository: gitDir,
  workTree: folder,
  config: "person",
  ...(signal && { signal }),
});
