import type { ChangedFiles } from "#shared/git/diff.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { PLAIN_DIFF } from "./diff.ts";
import { parseDiff, totalOf } from "./parse-diff.ts";
import { git, gitText, text } from "./runner.ts";
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
  /** What differs from the checkpoint before, or from the base: the net of it, whoever wrote it. */
  readonly changed: ChangedFiles;
}

/** So many files are named; of more, only the sum is told. */
const NAMED_FILES = 100;

/**
 * Keeps the worktree's state, tracked and untracked, as a commit under a hidden ref named by `name` (a turn's id).
 * The worktree, the agent's index and its branch are not touched, so this can happen while the agent works.
 */
export function checkpoint(
  session: SessionGit,
  name: string,
  signal?: AbortSignal,
): Promise<Result<Checkpoint, WorktreeCode>> {
  return serial(session.places.git, async () => {
    const state = await refreshIndex(session, signal);
    if (!state.ok) return state;
    const call = { repository: session.hostDir, ...(signal && { signal }) };
    const tree = await gitText(["write-tree"], { ...call, indexFile: state.value.indexFile });
    const message = `Oriel: checkpoint ${name}`;
    const commit = await gitText(["commit-tree", "-p", session.base.commit, "-m", message, tree], call);
    const ref = checkpointRef(session, name);
    const latest = `refs/oriel/latest/${session.session}`;
    const found = await git(["rev-parse", "-q", "--verify", `${latest}^{commit}`], {
      ...call,
      exits: [0, 1],
    });
    const changed = await between(text(found) || session.base.commit, commit, call);
    await git(["update-ref", "-m", message, ref, commit], call);
    await git(["update-ref", "-m", message, latest, commit], call);
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
