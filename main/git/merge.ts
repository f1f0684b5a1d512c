import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { advance, checkoutsOf, isClean } from "./checkouts.ts";
import type { Checkout } from "./checkouts.ts";
import { requireProject } from "./project.ts";
import { publishedCommit, send } from "./publish.ts";
import { git, GitError, gitText, text } from "./runner.ts";
import { serial } from "./serial.ts";
import type { SessionGit } from "./session-git.ts";

export interface MergeRequest {
  /** The branch of the person's that takes the work. */
  readonly into: string;
  readonly how: "squash" | "merge";
  readonly message: string;
  readonly signal?: AbortSignal;
}

export interface Merged {
  readonly into: string;
  readonly commit: string;
  readonly how: "squash" | "merge";
  readonly checkout: "advanced" | "dirty" | "not_checked_out";
  /** Folders with `into` checked out that were left alone, and how the person brings them along. */
  readonly leftAlone: readonly { readonly folder: string; readonly hint: string }[];
}

export type MergeCode =
  | "project_missing"
  | "not_published"
  | "base_gone"
  | "nothing_to_merge"
  | "conflict"
  | "unrelated_histories"
  | "branch_busy"
  | "objects_refused";

export type MergeResult =
  | Result<Merged, Exclude<MergeCode, "conflict" | "nothing_to_merge">>
  | { readonly ok: false; readonly failure: ConflictFailure | NothingToMerge };

export interface NothingToMerge {
  readonly code: "nothing_to_merge";
  readonly message: string;
  /** How the branch is that has it all. */
  readonly there: Pick<Merged, "commit" | "checkout">;
}

export interface ConflictFailure {
  readonly code: "conflict";
  readonly message: string;
  readonly kept: string;
  readonly hint: string;
  readonly details: string;
  /** The files that both sides changed. */
  readonly files: readonly string[];
}

/** How often the merge is made anew because somebody committed to the branch meanwhile. */
const ATTEMPTS = 3;

/**
 * Merges what was last published of the session into a branch of the person's, without a checkout: the merge is made in the
 * host's repository, and the branch moves only if it is still where the merge began. A clean checkout of it goes along.
 */
export function merge(session: SessionGit, request: MergeRequest): Promise<MergeResult> {
  return serial(session.places.git, () =>
    serial(session.project.commonDir, async () => {
      const there = await requireProject(session.project);
      if (!there.ok) return there;
      const work = await publishedCommit(session, request.signal);
      if (work === null)
        return fail({
          code: "not_published",
          message: "Nothing of this session was published yet.",
          hint: "Publish it first.",
        });
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const merged = await attemptMerge(session, work, request);
        if (merged !== "moved_meanwhile") return merged;
      }
      return fail({
        code: "branch_busy",
        message: `${request.into} kept moving, so nothing was merged.`,
        kept: "Everything is as it was.",
        hint: "Merge again in a moment.",
      });
    }),
  );
}

async function attemptMerge(
  session: SessionGit,
  work: string,
  request: MergeRequest,
): Promise<MergeResult | "moved_meanwhile"> {
  const { into, how, signal } = request;
  const person = { repository: session.project.commonDir, ...(signal && { signal }) };
  const ref = `refs/heads/${into}`;
  const found = await git(["rev-parse", "-q", "--verify", `${ref}^{commit}`], {
    ...person,
    exits: [0, 1, 128],
  });
  if (found.exit !== 0) return fail(baseGone(session, into));
  const before = text(found);
  const tree = await mergeTree(session, before, work, into, signal);
  if (!tree.ok) return tree;
  const commit = await commitMerge(session, { before, work, tree: tree.value }, request);
  if (commit === null) {
    const there = { commit: before, checkout: await checkoutState(session, into, signal) };
    const message = `${into} has everything of this session already.`;
    return { ok: false, failure: { code: "nothing_to_merge", message, there } };
  }
  const sent = await send(session, commit, signal, [before]);
  if (!sent.ok) return sent;
  const checkouts = await bringAlong(session, into, before, commit, signal);
  try {
    await git(["update-ref", "-m", `oriel: ${how} ${session.branch}`, ref, commit, before], person);
  } catch (error) {
    for (const checkout of checkouts.advanced) await advance(checkout, commit, before);
    if (error instanceof GitError) return "moved_meanwhile";
    throw error;
  }
  const leftAlone = checkouts.leftAlone.map(({ folder }) => ({
    folder,
    hint: `To bring its files along and keep what you changed, run in ${folder}: git read-tree -m -u ${before} ${commit}`,
  }));
  const state =
    leftAlone.length > 0 ? "dirty" : checkouts.advanced.length > 0 ? "advanced" : "not_checked_out";
  return ok({ into, commit, how, checkout: state, leftAlone });
}

async function mergeTree(
  session: SessionGit,
  before: string,
  work: string,
  into: string,
  signal?: AbortSignal,
) {
  const args = ["merge-tree", "--write-tree", "-z", "--name-only", "--messages", before, work];
  const call = { repository: session.hostDir, exits: [0, 1, 128], ...(signal && { signal }) };
  const output = await git(args, call);
  if (output.exit === 128) {
    if (!output.stderr.includes("unrelated histories"))
      throw new GitError(args, 128, output.stderr, "exit 128");
    return fail({
      code: "unrelated_histories",
      message: `The session's branch has no commit in common with ${into}.`,
      kept: `Both branches: ${session.branch} holds the session's work.`,
      hint: "The agent began a history of its own. Take over what you want by hand.",
    } as const);
  }
  const merged = parseMergeTree(output.stdout);
  return output.exit === 0
    ? ok(merged.tree)
    : { ok: false as const, failure: conflict(session, into, merged) };
}

/** Pure: parses `git merge-tree --write-tree -z --name-only --messages`: tree, conflicted paths, an empty field, messages. */
export function parseMergeTree(output: Buffer): { tree: string; files: string[]; messages: string } {
  const [tree = "", ...rest] = output.toString("utf8").split("\0");
  const end = rest.indexOf("");
  // Each message is preceded by a count of paths, the paths, and a stable name of its kind.
  const messages = rest
    .slice(end + 1)
    .filter((field) => field.endsWith("\n"))
    .join("");
  return { tree, files: [...new Set(end < 0 ? [] : rest.slice(0, end))], messages };
}

async function commitMerge(
  session: SessionGit,
  { before, work, tree }: { before: string; work: string; tree: string },
  { how, message, signal }: MergeRequest,
): Promise<string | null> {
  const call = { repository: session.hostDir, ...(signal && { signal }) };
  const has = await git(["merge-base", "--is-ancestor", work, before], { ...call, exits: [0, 1] });
  if (has.exit === 0 || tree === (await gitText(["rev-parse", `${before}^{tree}`], call))) return null;
  const parents = how === "merge" ? ["-p", before, "-p", work] : ["-p", before];
  return gitText(["commit-tree", ...parents, "-F", "-", tree], { ...call, input: message });
}

/**
 * Checkouts move before the branch does: a process that dies in between leaves the merge as staged changes there,
 * where the other order would leave its reverse, ready to be committed by accident.
 */
async function bringAlong(
  session: SessionGit,
  into: string,
  before: string,
  commit: string,
  signal?: AbortSignal,
) {
  const advanced: Checkout[] = [];
  const leftAlone: Checkout[] = [];
  for (const checkout of await checkoutsOf(session.project, into, signal)) {
    const moved = (await isClean(checkout, signal)) && (await advance(checkout, before, commit, signal));
    (moved ? advanced : leftAlone).push(checkout);
  }
  return { advanced, leftAlone };
}

/** How the person's checkouts of a branch are now. */
async function checkoutState(
  session: SessionGit,
  into: string,
  signal?: AbortSignal,
): Promise<Merged["checkout"]> {
  const checkouts = await checkoutsOf(session.project, into, signal);
  if (checkouts.length === 0) return "not_checked_out";
  for (const checkout of checkouts) if (!(await isClean(checkout, signal))) return "dirty";
  return "advanced";
}

const baseGone = (session: SessionGit, into: string) =>
  ({
    code: "base_gone",
    message: `The branch ${into} is no longer in your repository.`,
    kept: `The session's work is on ${session.branch}.`,
    hint: "Choose another branch to merge into, or make it again.",
  }) as const;

const conflict = (
  session: SessionGit,
  into: string,
  merged: { files: string[]; messages: string },
): ConflictFailure => ({
  code: "conflict",
  message: `${session.branch} and ${into} both changed ${merged.files.length === 1 ? "a file" : `${merged.files.length} files`} in ways that don't fit together.`,
  kept: "Both branches are as they were, and so is your checkout.",
  hint: `Ask the agent to bring in ${into} and resolve it: git fetch && git rebase origin/${into}`,
  details: merged.messages.trim(),
  files: merged.files,
});
