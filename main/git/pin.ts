import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { requireProject, zeroId } from "./project.ts";
import type { ProjectPlace } from "./project.ts";
import { git, GitError, gitText, text } from "./runner.ts";
import { personRefs } from "./session-git.ts";

export interface PinRequest {
  readonly project: ProjectPlace;
  readonly session: string;
  /** For the branch's name: `oriel/<slug>`. Anything that a branch can't hold is replaced. */
  readonly slug: string;
  /** The branch to start from, or null for none (with `commit`); what is checked out where it is not given. */
  readonly base?: string | null;
  /** The commit to start from, where the caller has fixed it already; the branch's tip where it is not given. */
  readonly commit?: string;
  readonly signal?: AbortSignal;
}

export interface PinnedBase {
  readonly base: { readonly branch: string | null; readonly commit: string };
  readonly branch: string;
}

export type PinCode = "project_missing" | "base_missing" | "no_commits" | "branch_blocked";

const BRANCH_FOLDER = "oriel";
const MOST_SUFFIXES = 1000;

/**
 * Pins the commit that a session starts from by a hidden ref in the person's repository, and reserves the session's
 * branch there: `oriel/<slug>`, or `oriel/<slug>-2` where that is taken. Both happen in one transaction, and asking
 * again for the same session gives the same answer.
 */
export async function pinBase(request: PinRequest): Promise<Result<PinnedBase, PinCode>> {
  const there = await requireProject(request.project);
  if (!there.ok) return there;
  const found = await findBase(request);
  if (!found.ok) return found;
  const pinned = await readPin(request);
  if (pinned)
    return ok({ base: { branch: found.value.branch, commit: pinned.commit }, branch: pinned.branch });
  if (await refExists(request, `refs/heads/${BRANCH_FOLDER}`)) return fail(blocked());
  return reserve(request, found.value);
}

async function findBase(request: PinRequest): Promise<Result<PinnedBase["base"], PinCode>> {
  const { project, base, signal } = request;
  const branch = base === undefined ? await headBranch(request) : base;
  const wanted = request.commit ?? (base ? `refs/heads/${base}` : "HEAD");
  const call = { repository: project.gitDir, exits: [0, 1, 128], ...(signal && { signal }) };
  const commit = await git(["rev-parse", "-q", "--verify", `${wanted}^{commit}`], call);
  if (commit.exit === 0) return ok({ branch, commit: text(commit) });
  if (!base && request.commit === undefined)
    return fail({
      code: "no_commits",
      message: "The repository has no commit on its current branch.",
      hint: "Make a first commit, or name a branch to start from.",
    });
  return fail({
    code: "base_missing",
    message: request.commit
      ? `The repository does not have the commit ${request.commit} any more.`
      : `The repository has no branch “${base}”.`,
    hint: "Name a branch that `git branch` lists.",
  });
}

/**
 * Takes a pin back, for a session that did not come to be. Its branch goes too, unless somebody has moved it.
 */
export async function unpinBase(project: ProjectPlace, session: string): Promise<void> {
  const refs = personRefs(session);
  const pinned = await readPin({ project, session });
  if (pinned === null) return;
  const { branch, commit } = pinned;
  const deletion = (ref: string) => `delete ${ref}\0${commit}\0`;
  const call = { repository: project.commonDir };
  const memo = `${refs.branches}/${branch.slice(BRANCH_FOLDER.length + 1)}`;
  await git(["update-ref", "--stdin", "-z"], { ...call, input: [refs.base, memo].map(deletion).join("") });
  await git(["update-ref", "-d", `refs/heads/${branch}`, commit], { ...call, exits: [0, 1, 128] });
}

/** The branch that the person has checked out, or null where HEAD is detached. */
async function headBranch({ project, signal }: PinRequest): Promise<string | null> {
  const call = { repository: project.gitDir, exits: [0, 1], ...(signal && { signal }) };
  const ref = text(await git(["symbolic-ref", "-q", "HEAD"], call));
  return ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null;
}

async function readPin({
  project,
  session,
  signal,
}: Pick<PinRequest, "project" | "session" | "signal">): Promise<{ commit: string; branch: string } | null> {
  const refs = personRefs(session);
  const call = { repository: project.commonDir, ...(signal && { signal }) };
  const listed = await gitText(
    ["for-each-ref", "--format=%(objectname) %(refname)", refs.base, refs.branches],
    call,
  );
  const byRef = new Map(
    listed.split("\n").map((line) => [line.slice(line.indexOf(" ") + 1), line.split(" ")[0] ?? ""]),
  );
  const memo = [...byRef.keys()].find((ref) => ref.startsWith(`${refs.branches}/`));
  const commit = byRef.get(refs.base);
  if (commit === undefined || memo === undefined) return null;
  return { commit, branch: `${BRANCH_FOLDER}/${memo.slice(refs.branches.length + 1)}` };
}

async function reserve(request: PinRequest, base: PinnedBase["base"]): Promise<Result<PinnedBase, PinCode>> {
  const refs = personRefs(request.session);
  const none = zeroId(request.project);
  const slug = branchSlug(request.slug);
  for (let suffix = 1; suffix <= MOST_SUFFIXES; suffix++) {
    const name = suffix === 1 ? slug : `${slug}-${suffix}`;
    const branch = `${BRANCH_FOLDER}/${name}`;
    if (await refExists(request, `refs/heads/${branch}`)) continue;
    const updates = [refs.base, `${refs.branches}/${name}`, `refs/heads/${branch}`];
    try {
      await git(["update-ref", "--stdin", "-z", "-m", "oriel: session created"], {
        repository: request.project.commonDir,
        input: updates.map((ref) => `update ${ref}\0${base.commit}\0${none}\0`).join(""),
        ...(request.signal && { signal: request.signal }),
      });
      return ok({ base, branch });
    } catch (error) {
      // Another session took the name in between: the next one.
      if (error instanceof GitError && (await refExists(request, `refs/heads/${branch}`))) continue;
      throw error;
    }
  }
  return fail(blocked());
}

async function refExists({ project, signal }: PinRequest, ref: string): Promise<boolean> {
  const call = { repository: project.commonDir, exits: [0, 1], ...(signal && { signal }) };
  return (await git(["show-ref", "--verify", "-q", ref], call)).exit === 0;
}

const blocked = () =>
  ({
    code: "branch_blocked",
    message: `No branch ${BRANCH_FOLDER}/… can be made in this repository.`,
    hint: `Git can't have a branch “${BRANCH_FOLDER}” and one below it. Rename the former: git branch -m ${BRANCH_FOLDER} other-name`,
  }) as const;

/** Pure: what of `slug` a ref may hold, in the words of git-check-ref-format. Never empty. */
export function branchSlug(slug: string): string {
  const clean = slug
    .normalize("NFC")
    // oxlint-disable-next-line no-control-regex -- a ref holds no control characters
    .replace(/[\u0000-\u0020\u007f~^:?*[\]\\/@{}<>|"'`$&;()!#%]+/g, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[-.]+|[-.]+$|\.lock$/g, "");
  return clean.slice(0, 60).replace(/[-.]+$/, "") || "session";
}
