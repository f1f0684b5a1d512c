import { copyFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { explainMissingObjects } from "./create-failures.ts";
import { readPersonConfig } from "./person-config.ts";
import { branchSlug, pinBase } from "./pin.ts";
import type { PinCode, PinnedBase, PinRequest } from "./pin.ts";
import { writeRepository } from "./private-repository.ts";
import { git, GitError, gitText } from "./runner.ts";
import { serial } from "./serial.ts";
import { HOST_REFS, placesOf, readRecord, recordFile } from "./session-git.ts";
import type { SessionGit } from "./session-git.ts";

export interface CreateRequest extends PinRequest {
  readonly dataDir: string;
}

export type CreateCode = PinCode | "objects_missing";

/**
 * Makes a session's private repository and its worktree, at the base's commit, on its own branch. Idempotent by
 * session: what a killed creation left is removed and made again, a finished one is returned as it is.
 */
export function createSession(request: CreateRequest): Promise<Result<SessionGit, CreateCode>> {
  const places = placesOf(request.dataDir, request.session);
  return serial(places.git, async () => {
    const finished = await readRecord(places.git);
    if (finished) return ok(finished);
    const pinned = await pinBase(request);
    if (!pinned.ok) return pinned;
    for (const half of [places.worktree, places.git]) await rm(half, { recursive: true, force: true });
    const session = describe(request, pinned.value);
    try {
      return ok(await build(session, request.signal));
    } catch (error) {
      const missing = error instanceof GitError ? explainMissingObjects(error) : null;
      if (!missing) throw error;
      for (const half of [places.worktree, places.git]) await rm(half, { recursive: true, force: true });
      return missing;
    }
  });
}

function describe(request: CreateRequest, pinned: PinnedBase): SessionGit {
  const places = placesOf(request.dataDir, request.session);
  const { root, gitDir, commonDir, objectFormat } = request.project;
  return {
    session: request.session,
    project: { root, gitDir, commonDir, objectFormat },
    base: pinned.base,
    branch: pinned.branch,
    worktree: path.join(places.worktree, branchSlug(request.slug)),
    agentDir: path.join(places.git, "agent"),
    hostDir: path.join(places.git, "host"),
    places,
  };
}

async function build(planned: SessionGit, signal?: AbortSignal): Promise<SessionGit> {
  const { project, base, agentDir, hostDir, worktree, places } = planned;
  const [person, refs, shallow] = await Promise.all([
    readPersonConfig(project, signal),
    agentRefs(planned, signal),
    readFile(path.join(project.commonDir, "shallow"), "utf8").catch(() => null),
  ]);
  const common = { project, person, shallow };
  await writeRepository({
    ...common,
    gitDir: agentDir,
    workTree: worktree,
    head: `refs/heads/${planned.branch}`,
    refs,
    // As after a clone: `git fetch` brings what the person did since, without any network.
    extra: [
      ["remote.origin.url", project.commonDir],
      ["remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"],
      // The agent can't write its configuration, where `git checkout -b x origin/main` would put what x follows.
      ["branch.autosetupmerge", "false"],
    ],
  });
  const own = new Map([[HOST_REFS.base, base.commit]]);
  await writeRepository({ ...common, gitDir: hostDir, workTree: null, head: "refs/heads/none", refs: own });
  await makeSealed(agentDir);
  await mkdir(worktree, { recursive: true });
  await writeFile(path.join(worktree, ".git"), `gitdir: ${agentDir}\n`);
  await checkOut(planned, signal);
  const record = recordFile(places.git);
  await writeFile(`${record}.new`, JSON.stringify(planned));
  await rename(`${record}.new`, record);
  return planned;
}

/** Only what is there can be sealed. Git takes the folder itself for what it shares, as it does without `commondir`. */
async function makeSealed(agentDir: string): Promise<void> {
  await mkdir(path.join(agentDir, "hooks"));
  await writeFile(path.join(agentDir, "commondir"), ".\n");
  await writeFile(path.join(agentDir, "config.worktree"), "");
}

/** What the agent's repository knows at the start: its own branch, the base's, and the tags that builds read. */
async function agentRefs(
  { project, base, branch }: SessionGit,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const call = { repository: project.commonDir, ...(signal && { signal }) };
  const tags = await gitText(["for-each-ref", "--format=%(refname) %(objectname)", "refs/tags"], call);
  const refs = new Map(
    tags
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const space = line.lastIndexOf(" ");
        return [line.slice(0, space), line.slice(space + 1)] as const;
      }),
  );
  refs.set(`refs/heads/${branch}`, base.commit);
  if (base.branch === null) return refs;
  return refs
    .set(`refs/heads/${base.branch}`, base.commit)
    .set(`refs/remotes/origin/${base.branch}`, base.commit);
}

async function checkOut(session: SessionGit, signal?: AbortSignal): Promise<void> {
  // Nothing of the agent's has run yet: its repository is still the one that was written above.
  await git(["read-tree", "--reset", "-u", session.base.commit], {
    repository: session.agentDir,
    workTree: session.worktree,
    settings: { "checkout.workers": "0", "checkout.thresholdForParallelism": "500" },
    ...(signal && { signal }),
  });
  // The host starts with the same index: each file's size and times are known, so the first diff reads no file.
  const [from, to] = [path.join(session.agentDir, "index"), path.join(session.hostDir, "index")];
  await copyFile(from, to);
  // Git distrusts an entry that is as new as its index: the copy must not look newer.
  const { atime, mtime } = await stat(from);
  await utimes(to, atime, mtime);
}
