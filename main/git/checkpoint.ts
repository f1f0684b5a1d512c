import type { ChangedFiles } from "#shared/git/diff.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { PLAIN_DIFF } from "./diff.ts";
import { parseDiff, totalOf } from "./parse-diff.ts";
import { git, gitText } from "./runner.ts";
import type { GitCall } from "./runner.ts";
import { serial } from "./serial.ts";
import type { SessionGit } from "./session-git.ts";
import { refreshIndex } from "./worktree-index.ts";
import type { WorktreeCode } from "./worktree-index.ts";

export interface Checkpoint {
  /** In the host's repository of the session. */
  readonly ref: string;
  readonly commit: string;
  /** What a check that ran on this state names as evidence. */
  readonly tree: string;
  /** What differs from the state before: the net of it, whoever wrote it. */
  readonly changed: ChangedFiles;
}

/** So many files are named; of more, only the sum is told. */
const NAMED_FILES = 100;

/**
 * Keeps the worktree's state, tracked and untracked, as a commit under a hidden ref named by `name` (a turn's id).
 * The worktree, the agent's index and its branch are not touched, so this can happen while the agent works. `before` is
 * the commit of the last checkpoint that the log knows: a ref would also know one that a dying host has told nobody of.
 */
export function checkpoint(
  session: SessionGit,
  name: string,
  before: string = session.base.commit,
): Promise<Result<Checkpoint, WorktreeCode>> {
  return serial(session.places.git, async () => {
    const state = await refreshIndex(session);
    if (!state.ok) return state;
    const call = { repository: session.hostDir };
    const tree = await gitText(["write-tree"], { ...call, indexFile: state.value.indexFile });
    const message = `Oriel: checkpoint ${name}`;
    const commit = await gitText(["commit-tree", "-p", session.base.commit, "-m", message, tree], call);
    const ref = checkpointRef(session, name);
    const changed = await between(before, commit, call);
    await git(["update-ref", "-m", message, ref, commit], call);
    return ok({ ref, commit, tree, changed });
  });
}

async function between(before: string, after: string, call: GitCall): Promise<ChangedFiles> {
  const args = ["diff-tree", "-r", "--raw", "--numstat", "-z", ...PLAIN_DIFF, before, after];
  const files = parseDiff((await git(args, call)).stdout);
  return { files: files.slice(0, NAMED_FILES), total: totalOf(files) };
}

export function checkpointRef(session: SessionGit, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) throw new Error(`not a name for a checkpoint: ${name}`);
  return `refs/oriel/checkpoints/${session.session}/${name}`;
}
