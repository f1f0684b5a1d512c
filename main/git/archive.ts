/**
 * Archiving renames a session's two folders into the trash, and keeps its commits in the person's repository by a
 * ref. A rename keeps everything: untracked, ignored, nested repositories, links, modes and times. Which folders are
 * where is all the state there is, so that after a kill between the two renames the same call, or its opposite, ends it.
 */
import { chmod, lstat, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { requireProject } from "./project.ts";
import { publishedCommit } from "./publish.ts";
import { git, text } from "./runner.ts";
import { serial } from "./serial.ts";
import { personRefs, placesOf, readRecord } from "./session-git.ts";
import type { SessionGit } from "./session-git.ts";

export type ArchiveCode = "session_missing" | "place_taken";
export type PurgeCode = "session_missing" | "still_there";

const inTrash = (trash: string) => ({ worktree: path.join(trash, "worktree"), git: path.join(trash, "git") });

/** Moves the session into the trash; returns where that is, relative to the data directory. End what runs in it before. */
export function archive(dataDir: string, session: string): Promise<Result<{ trash: string }, ArchiveCode>> {
  const places = placesOf(dataDir, session);
  const trash = inTrash(places.trash);
  return serial(places.git, async () => {
    const record = await readRecord(places.git);
    if (record) await keepCommits(record);
    else if (!(await exists(trash.git))) return fail(missing(session));
    await mkdir(places.trash, { recursive: true });
    // The repository with the record goes last: as long as it stands, the session counts as not archived.
    for (const [from, to] of [
      [places.worktree, trash.worktree],
      [places.git, trash.git],
    ] as const) {
      const moved = await move(from, to);
      if (!moved.ok) return moved;
    }
    return ok({ trash: path.relative(dataDir, places.trash) });
  });
}

/**
 * Removes what a creation that never came to its end has left: nobody has worked there. Returns, as `archive` does, where
 * the session counts as being from now on.
 */
export function discard(
  dataDir: string,
  session: string,
): Promise<Result<{ trash: string }, "session_finished">> {
  const places = placesOf(dataDir, session);
  return serial(places.git, async () => {
    if (await readRecord(places.git))
      return fail({ code: "session_finished", message: `Session ${session} has a worktree.` });
    for (const half of [places.worktree, places.git]) await removeTree(half);
    return ok({ trash: path.relative(dataDir, places.trash) });
  });
}

/** Brings an archived session back to where it was, byte for byte. */
export function restore(dataDir: string, session: string): Promise<Result<SessionGit, ArchiveCode>> {
  const places = placesOf(dataDir, session);
  const trash = inTrash(places.trash);
  return serial(places.git, async () => {
    const record = (await readRecord(trash.git)) ?? (await readRecord(places.git));
    if (!record) return fail(missing(session));
    for (const [from, to] of [
      [trash.worktree, places.worktree],
      [trash.git, places.git],
    ] as const) {
      await mkdir(path.dirname(to), { recursive: true });
      const moved = await move(from, to);
      if (!moved.ok) return moved;
    }
    await rmdir(places.trash).catch(() => {});
    return ok(record);
  });
}

/**
 * Removes an archived session for good: the one function that does. Its branch in the person's repository stays, unless
 * nothing was ever published on it. `begins` is called when it is certain that it will be, or that nothing is there; a
 * session that is half back at work is left as it is.
 */
export function purge(
  dataDir: string,
  session: string,
  begins: () => Promise<unknown> = async () => undefined,
): Promise<Result<void, PurgeCode>> {
  const places = placesOf(dataDir, session);
  return serial(places.git, async () => {
    if ((await exists(places.worktree)) || (await exists(places.git))) return fail(stillThere(session));
    await begins();
    if (!(await exists(places.trash))) return fail(missing(session));
    const record = await readRecord(inTrash(places.trash).git);
    if (record) await dropRefs(record);
    await removeTree(places.trash);
    return ok(undefined);
  });
}

async function move(from: string, to: string): Promise<Result<void, "place_taken">> {
  if (!(await exists(from))) return ok(undefined);
  if (await exists(to))
    return fail({
      code: "place_taken",
      message: `${to} is there already, so ${from} was not moved onto it.`,
      kept: "Both folders.",
      hint: "Look what is in them, and move one away.",
    });
  await rename(from, to);
  return ok(undefined);
}

async function keepCommits(session: SessionGit): Promise<void> {
  if (!(await requireProject(session.project)).ok) return;
  const commit = (await publishedCommit(session)) ?? session.base.commit;
  await git(["update-ref", personRefs(session.session).archived, commit], {
    repository: session.project.commonDir,
  });
}

async function dropRefs(session: SessionGit): Promise<void> {
  if (!(await requireProject(session.project)).ok) return;
  const call = { repository: session.project.commonDir };
  const refs = personRefs(session.session);
  const listed = await git(
    ["for-each-ref", "--format=%(refname)", refs.base, refs.archived, refs.branches],
    call,
  );
  const branch = `refs/heads/${session.branch}`;
  const at = text(await git(["rev-parse", "-q", "--verify", branch], { ...call, exits: [0, 1] }));
  const own = text(listed)
    .split("\n")
    .filter((ref) => ref !== "");
  const deletions = own.map((ref) => `delete ${ref}\0\0`);
  if (at === session.base.commit) deletions.push(`delete ${branch}\0${at}\0`);
  await git(["update-ref", "--stdin", "-z"], { ...call, input: deletions.join("") });
}

/** Removes a tree in which folders may be read-only (a module cache makes them so). Links are not followed. */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")))
      throw error;
    await makeWritable(folder);
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await makeWritable(path.join(folder, entry.name));
}

const exists = async (place: string): Promise<boolean> => (await lstat(place).catch(() => null)) !== null;

const missing = (session: string) =>
  ({
    code: "session_missing",
    message: `Session ${session} has no worktree here, and none in the trash.`,
  }) as const;

const stillThere = (session: string) =>
  ({
    code: "still_there",
    message:
      "Nothing was removed: the session is not in the trash as a whole, as after a restore that was cut short.",
    hint: `End that by \`oriel restore ${session}\`. To remove it all the same, archive it again after that.`,
  }) as const;
