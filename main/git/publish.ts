import { copyFile, rm } from "node:fs/promises";
import type { ChangeSize } from "#shared/session/events.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { AgentHeadCode } from "./agent-refs.ts";
import { checkoutsOf } from "./checkouts.ts";
import { diffBase } from "./diff-base.ts";
import { PLAIN_DIFF } from "./diff.ts";
import { intake } from "./intake.ts";
import { parseDiff, totalOf } from "./parse-diff.ts";
import { requireProject, zeroId } from "./project.ts";
import { git, GitError, gitText, text } from "./runner.ts";
import { serial } from "./serial.ts";
import { HOST_REFS } from "./session-git.ts";
import type { SessionGit } from "./session-git.ts";
import { scratchPack, transfer } from "./transfer.ts";
import { refreshIndex } from "./worktree-index.ts";
import type { WorktreeCode, WorktreeState } from "./worktree-index.ts";

export interface Published {
  readonly branch: string;
  readonly commit: string;
  /** Against where the session's history left the base branch. */
  readonly changes: ChangeSize;
  /** False where the person's repository had this commit already. */
  readonly moved: boolean;
  readonly nested: readonly string[];
  readonly skipped: readonly string[];
}

export type PublishCode =
  | AgentHeadCode
  | WorktreeCode
  | "project_missing"
  | "branch_diverged"
  | "branch_checked_out"
  | "objects_refused";

/**
 * Gives the person's repository the session's work as its branch. What the agent did not commit goes on top as one
 * commit in the person's name with `message`, made without touching the agent's worktree, index or branch. The branch
 * moves only from where the last publish left it.
 */
export function publish(
  session: SessionGit,
  options: { readonly message: string; readonly signal?: AbortSignal },
): Promise<Result<Published, PublishCode>> {
  const { signal } = options;
  return serial(session.places.git, async () => {
    const there = await requireProject(session.project);
    if (!there.ok) return there;
    const tip = await intake(session, signal);
    if (!tip.ok) return tip;
    const state = await refreshIndex(session, signal);
    if (!state.ok) return state;
    const commit = await commitWork(session, tip.value, state.value, options);
    const moved = await moveBranch(session, commit, signal);
    if (!moved.ok) return moved;
    const { nested, skipped } = state.value;
    const changes = await changesOf(session, commit, signal);
    return ok({ branch: session.branch, commit, changes, moved: moved.value, nested, skipped });
  });
}

/** The commit of the last publish, or null. */
export async function publishedCommit(session: SessionGit, signal?: AbortSignal): Promise<string | null> {
  const call = { repository: session.hostDir, exits: [0, 1], ...(signal && { signal }) };
  return text(await git(["rev-parse", "-q", "--verify", HOST_REFS.published], call)) || null;
}

async function commitWork(
  session: SessionGit,
  tip: string,
  state: WorktreeState,
  { message, signal }: { readonly message: string; readonly signal?: AbortSignal },
): Promise<string> {
  const call = { repository: session.hostDir, ...(signal && { signal }) };
  const tree = await workTree(session, tip, state, signal);
  if (tree === (await gitText(["rev-parse", `${tip}^{tree}`], call))) return tip;
  // The same work on the same commit as last time is the same commit.
  const last = await publishedCommit(session, signal);
  if (last !== null && (await gitText(["log", "-1", "--format=%T %P", last], call)) === `${tree} ${tip}`)
    return last;
  return gitText(["commit-tree", "-p", tip, "-F", "-", tree], { ...call, input: message });
}

/** The worktree as a tree. Submodules that the agent committed are in it; other nested repositories are not. */
async function workTree(
  session: SessionGit,
  tip: string,
  { indexFile, nested }: WorktreeState,
  signal?: AbortSignal,
): Promise<string> {
  const call = { repository: session.hostDir, ...(signal && { signal }) };
  if (nested.length === 0) return gitText(["write-tree"], { ...call, indexFile });
  const listed = await git(["ls-tree", "-z", tip, "--", ...nested], call);
  const committed = listed.stdout
    .toString("latin1")
    .split("\0")
    .filter((entry) => entry.startsWith("160000 "));
  const own = `${indexFile}.publish`;
  await copyFile(indexFile, own);
  try {
    const entries = Buffer.from(committed.map((entry) => `${entry}\0`).join(""), "latin1");
    await git(["update-index", "-z", "--index-info"], { ...call, indexFile: own, input: entries });
    return await gitText(["write-tree"], { ...call, indexFile: own });
  } finally {
    await rm(own, { force: true });
  }
}

async function moveBranch(
  session: SessionGit,
  commit: string,
  signal?: AbortSignal,
): Promise<Result<boolean, PublishCode>> {
  const { project, hostDir, branch, base } = session;
  const ref = `refs/heads/${branch}`;
  const person = { repository: project.commonDir, ...(signal && { signal }) };
  const host = { repository: hostDir, ...(signal && { signal }) };
  const now = text(await git(["rev-parse", "-q", "--verify", ref], { ...person, exits: [0, 1] })) || null;
  if (now === commit) {
    await git(["update-ref", HOST_REFS.published, commit], host);
    return ok(false);
  }
  const last = (await publishedCommit(session, signal)) ?? base.commit;
  // A branch that the person deleted is made again; one that they moved is theirs.
  if (now !== null && now !== last) return fail(diverged(branch));
  const checkouts = await checkoutsOf(project, branch, signal);
  if (checkouts.length > 0) return fail(checkedOut(branch, checkouts));
  const sent = await send(session, commit, signal);
  if (!sent.ok) return sent;
  try {
    const expected = now ?? zeroId(project);
    await git(["update-ref", "--create-reflog", "-m", "oriel: publish", ref, commit, expected], person);
  } catch (error) {
    if (error instanceof GitError) return fail({ ...diverged(branch), details: error.stderr });
    throw error;
  }
  await git(["update-ref", HOST_REFS.published, commit], host);
  return ok(true);
}

/** Copies a commit of the host's into the person's repository, objects verified. */
export async function send(
  session: SessionGit,
  commit: string,
  signal?: AbortSignal,
  have: readonly string[] = [session.base.commit],
): Promise<Result<void, "objects_refused">> {
  try {
    await transfer({
      from: { gitDir: session.hostDir },
      to: session.project.commonDir,
      tip: commit,
      have,
      scratch: scratchPack(session.hostDir),
      ...(signal && { signal }),
    });
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return fail({
      code: "objects_refused",
      message: "The session's commits did not pass git's checks, so your repository did not take them.",
      kept: "Your repository is as it was; the session's files and commits are in its private repository.",
      details: error.stderr || error.message,
    });
  }
}

async function changesOf(session: SessionGit, commit: string, signal?: AbortSignal): Promise<ChangeSize> {
  const args = [
    "diff-tree",
    "-r",
    "--raw",
    "--numstat",
    "-z",
    ...PLAIN_DIFF,
    await diffBase(session, signal),
    commit,
  ];
  const output = await git(args, { repository: session.hostDir, ...(signal && { signal }) });
  return totalOf(parseDiff(output.stdout));
}

const diverged = (branch: string) =>
  ({
    code: "branch_diverged",
    message: `Somebody else moved ${branch} in your repository, so Oriel did not.`,
    kept: "Both: the branch as it is there, and the session's work in its private repository.",
    hint: `To take the session's work again, rename the branch: git branch -m ${branch} other-name`,
  }) as const;

const checkedOut = (branch: string, folders: readonly { folder: string }[]) =>
  ({
    code: "branch_checked_out",
    message: `${branch} is checked out in ${folders.map(({ folder }) => folder).join(", ")}, so Oriel did not move it.`,
    kept: "The session's work is in its private repository.",
    hint: "Check out another branch there, then publish again.",
  }) as const;
