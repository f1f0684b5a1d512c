import { lstat, mkdir } from "node:fs/promises";
import path from "node:path";
import { archive, discard, purge, removeTree, restore } from "#main/git/archive.ts";
import { checkpoint } from "#main/git/checkpoint.ts";
import { diffSession, patchSession } from "#main/git/diff.ts";
import { merge } from "#main/git/merge.ts";
import { pinBase, unpinBase } from "#main/git/pin.ts";
import type { PinnedBase } from "#main/git/pin.ts";
import { inspectProject } from "#main/git/inspect.ts";
import type { ProjectFacts } from "#main/git/inspect.ts";
import type { ProjectPlace } from "#main/git/project.ts";
import { publish } from "#main/git/publish.ts";
import { openSession } from "#main/git/session-git.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";
import type { Patch, SessionDiff } from "#shared/git/diff.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import type { ChangeSize } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { withGit } from "./git-failures.ts";
import { isSameSize } from "./measuring.ts";
import { makeWorktree } from "./prepare.ts";
import type { SessionRecord } from "./record.ts";

/** The most of a patch that is given at once, in bytes. */
const PATCH_BYTES = 8 * 1024 * 1024;

/** A session's worktree and branch, and the events that tell what became of them. */
export interface Worktrees {
  /**
   * Pins the commit that is checked out as the base of new sessions, and reserves their branches: for all, or where that
   * fails for one, for none.
   */
  pin(
    project: ProjectFacts,
    sessions: readonly { readonly id: string; readonly slug: string }[],
  ): Promise<Result<readonly PinnedBase[]>>;
  /** Takes pins back, for sessions that did not come to be. */
  unpin(project: ProjectPlace, sessions: readonly string[]): Promise<void>;
  /** Makes the worktree where there is none; writes `worktree.ready` or `worktree.failed`. Whether there is one now. */
  prepare(record: SessionRecord): Promise<boolean>;
  /** Checkpoint, branch, size of the change: after every turn, whatever its end. What fails of it becomes a notice. */
  wrapUp(record: SessionRecord, turn: string): Promise<ChangeSize | null>;
  /** The size of the change now, in a worktree that an agent may be at work in; null where it can't be had. */
  measure(session: string, signal: AbortSignal): Promise<ChangeSize | null>;
  diff(
    summary: SessionSummary,
    withPatch: boolean,
  ): Promise<Result<{ diff: SessionDiff; patch: Patch | null }>>;
  merge(
    record: SessionRecord,
    options: { how: "squash" | "merge"; into?: string | undefined },
  ): Promise<Result<unknown>>;
  archive(record: SessionRecord): Promise<Result<unknown>>;
  restore(record: SessionRecord): Promise<Result<unknown>>;
  /** Removes an archived session's files for good; again where it was cut short. */
  purge(record: SessionRecord): Promise<Result<unknown>>;
  /** The temporary folder of a session's commands; it exists. */
  temp(session: string): Promise<string>;
}

export function createWorktrees(dir: DataDir): Worktrees {
  const open = (session: string) => openSession(dir.root, session);

  const update = async (record: SessionRecord): Promise<Result<ChangeSize>> => {
    const session = await open(record.id);
    if (!session.ok) return session;
    const published = await publish(session.value, { message: commitMessage(record.summary) });
    if (!published.ok) return published;
    const { branch, commit, changes } = published.value;
    if (commit !== record.summary.published)
      await record.append("branch.updated", { branch, commit, changes });
    return ok(changes);
  };

  const unpin = async (project: ProjectPlace, sessions: readonly string[]): Promise<void> => {
    // One after another: taking refs away locks the file that all of them are packed in.
    for (const session of sessions) await unpinBase(project, session);
  };

  return {
    unpin,
    pin: async (project, sessions) => {
      const { branch: base, commit } = project;
      const pins = await Promise.all(
        sessions.map(({ id, slug }) => withGit(() => pinBase({ project, session: id, slug, base, commit }))),
      );
      const refused = pins.find((pin) => !pin.ok);
      if (!refused) return ok(pins.flatMap((pin) => (pin.ok ? [pin.value] : [])));
      await unpin(
        project,
        sessions.map(({ id }) => id),
      );
      return refused;
    },
    prepare: async (record) => {
      const { summary } = record;
      if (summary.worktree !== null) return isThere(record);
      const made = await withGit(() => makeWorktree(dir, summary));
      if (!made.ok) {
        await record.append("worktree.failed", { failure: made.failure });
        return false;
      }
      const { ready, notices } = made.value;
      await record.appendAll([
        { type: "worktree.ready", body: ready },
        ...notices.map((body) => ({ type: "notice" as const, body })),
      ]);
      return true;
    },
    wrapUp: async (record, turn) => {
      const kept = await withGit(async () => {
        const session = await open(record.id);
        return session.ok ? checkpoint(session.value, turn, record.summary.checkpoint) : session;
      });
      if (!kept.ok) return sayFailed(record, kept.failure);
      await record.append("checkpoint.created", { turn, ...kept.value });
      const updated = await withGit(() => update(record));
      if (!updated.ok) return sayFailed(record, updated.failure);
      const changes = updated.value;
      // A turn that changed its files back has moved no branch, and one that was stopped says no size of its own.
      if (!isSameSize(changes, record.summary.changes))
        await record.append("changes.measured", { turn, changes });
      return changes;
    },
    measure: async (session, signal) => {
      const size = await withGit(async () => {
        const opened = await open(session);
        return opened.ok ? diffSession(opened.value, signal) : opened;
      });
      return size.ok ? size.value.total : null;
    },
    diff: async (summary, withPatch) => {
      const session = await open(summary.id);
      if (!session.ok) return session;
      const diff = await diffSession(session.value);
      if (!diff.ok) return diff;
      if (!withPatch) return ok({ diff: diff.value, patch: null });
      const patch = await patchSession(session.value, { maxBytes: PATCH_BYTES });
      return patch.ok ? ok({ diff: diff.value, patch: patch.value }) : patch;
    },
    merge: async (record, { how, into = record.summary.base ?? undefined }) => {
      if (into === undefined) return fail(NO_BASE);
      const session = await open(record.id);
      if (!session.ok) return session;
      const updated = await update(record);
      if (!updated.ok) return updated;
      const merged = await merge(session.value, { into, how, message: commitMessage(record.summary) });
      if (!merged.ok) {
        const { failure } = merged;
        // A host that died between the branch's move and this event has merged it all the same.
        const before = "there" in failure && record.summary.merged === null && updated.value.files > 0;
        if (!before) return fail(failure);
        return ok(await record.append("branch.merged", { into, how, ...failure.there }, "person"));
      }
      const { commit, checkout, leftAlone } = merged.value;
      await record.append("branch.merged", { into, commit, how, checkout }, "person");
      for (const { folder, hint } of leftAlone) {
        const text = `${folder} has changes of yours, so its files were left as they are, and git now sees what was merged as undone there. Before you commit: ${hint}`;
        await record.append("notice", { level: "warning", code: "checkout_left_alone", text });
      }
      return ok(null);
    },
    archive: async (record) => {
      const archived = await archiveOrDiscard(dir, record.summary);
      if (!archived.ok) return archived;
      await removeTree(path.join(dir.agents, record.id));
      return ok(await record.append("session.archived", archived.value, "person"));
    },
    restore: async (record) => {
      const restored = await restore(dir.root, record.id);
      // One that never had a worktree gets it with its next turn.
      if (!restored.ok && record.summary.worktree !== null) return restored;
      return ok(await record.append("session.restored", {}, "person"));
    },
    purge: async (record) => {
      const purged = await purge(dir.root, record.id, async () => {
        // The word before the deed: a host that dies in the middle leaves half a worktree.
        if (!record.summary.purged) await record.append("session.purged", {}, "person");
      });
      return purged.ok || purged.failure.code === "session_missing" ? ok(null) : purged;
    },
    temp: async (session) => {
      const folder = path.join(dir.agents, session, "tmp");
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
  };
}

/** A session that never got a worktree has nothing to keep: its pin, its branch and what is half made go. */
async function archiveOrDiscard(dir: DataDir, summary: SessionSummary): Promise<Result<{ trash: string }>> {
  const archived = await archive(dir.root, summary.id);
  if (archived.ok || summary.worktree !== null || archived.failure.code !== "session_missing")
    return archived;
  const project = await inspectProject(summary.project);
  if (project.ok) await unpinBase(project.value, summary.id);
  return discard(dir.root, summary.id);
}

/** Whether the worktree that was made is still where it was; writes what changed of that. */
async function isThere(record: SessionRecord): Promise<boolean> {
  const { worktree, git, branch, worktreeFailure } = record.summary;
  if (worktree === null || git === null) return false;
  const found = await lstat(path.join(worktree, ".git")).catch(() => null);
  if (found === null) {
    await record.append("worktree.failed", { failure: worktreeGone(worktree, branch) });
    return false;
  }
  if (worktreeFailure !== null) await record.append("worktree.ready", { path: worktree, git });
  return true;
}

const worktreeGone = (worktree: string, branch: string) => ({
  code: "worktree_gone",
  message: `The session's worktree is not there any more: ${worktree}`,
  kept: `What was done until its last turn is on the branch ${branch}.`,
  hint: "Put the folder back and continue. If archiving was cut short: `oriel restore ID` brings it back, `oriel archive ID` ends it.",
});

/** What git says of the work: the title, and whose it is. */
const commitMessage = (summary: SessionSummary): string =>
  `${summary.title}\n\nOriel session ${summary.id} (${summary.agent}, ${summary.model})\n`;

async function sayFailed(record: SessionRecord, failure: Failure): Promise<null> {
  const { code, message, kept, hint, details } = failure;
  const text = [message, kept, hint].filter(Boolean).join(" ");
  await record.append("notice", { level: "error", code, text, ...(details && { details }) });
  return null;
}

const NO_BASE = {
  code: "no_base",
  message: "The session started from a detached HEAD, so there is no branch to merge back into.",
  hint: "Name one: oriel merge ID --into BRANCH",
} as const;
