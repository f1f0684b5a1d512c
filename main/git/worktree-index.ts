/**
 * The host's index of a session's worktree. It is kept between calls with each file's size and times, so that looking
 * again reads only what changed. Plumbing alone: `git add` and `git status` start a git inside nested repositories,
 * with the configuration that the agent put there.
 */
import { randomBytes } from "node:crypto";
import { copyFile, lstat, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { git, GitError } from "./runner.ts";
import type { GitCall } from "./runner.ts";
import type { SessionGit } from "./session-git.ts";

export type WorktreeCode = "worktree_missing" | "worktree_unreadable";

export interface WorktreeState {
  /** The index file that now holds the worktree's tracked and untracked files. */
  readonly indexFile: string;
  /** Untracked folders that are repositories of their own: not part of the branch. */
  readonly nested: readonly string[];
  /** Files that git could not take in: unreadable, or with a name that it does not allow. */
  readonly skipped: readonly string[];
}

/** A file's bytes as a string, one character a byte: a path need not be valid UTF-8. */
const BYTES = "latin1";
/** Limits what a named pipe in the place of a `.gitignore` can do. */
const SCAN_TIMEOUT_MS = 120_000;

export async function refreshIndex(
  session: SessionGit,
  signal?: AbortSignal,
): Promise<Result<WorktreeState, WorktreeCode>> {
  const there = await lstat(session.worktree).catch(() => null);
  if (!there?.isDirectory()) return fail(worktreeMissing(session));
  const indexFile = await ownIndex(session.hostDir);
  // Only this process writes here, one call at a time: a lock is what a git left that it has killed.
  await rm(`${indexFile}.lock`, { force: true });
  const call: GitCall = {
    repository: session.hostDir,
    workTree: session.worktree,
    indexFile,
    timeoutMs: SCAN_TIMEOUT_MS,
    ...(signal && { signal }),
  };
  try {
    const [tracked, others] = await Promise.all([
      git(["diff-files", "--raw", "-z", "--no-renames", "--ignore-submodules=dirty"], call),
      git(["ls-files", "--others", "--exclude-standard", "-z"], call),
    ]);
    const found = sortOut(parseDiffFiles(tracked.stdout), names(others.stdout));
    const checked = await withoutSpecial(session, found);
    if (checked.gone.length > 0) await update(["--force-remove"], checked.gone, call);
    const skipped = await addAll(checked.present, call);
    return ok({ indexFile, nested: found.nested.map(shown), skipped: skipped.map(shown).toSorted() });
  } catch (error) {
    if (error instanceof GitError) return fail(unreadable(error));
    throw error;
  }
}

const OWN = `index-${randomBytes(4).toString("hex")}`;
const INDEX = /^index(-[0-9a-f]{8})?(\.\w+)?$/;

/**
 * Each host has an index of its own, which begins as that of the host before: a git of one that was killed may still
 * write to its own for a while, and no lock keeps two from writing to the same, once it was removed.
 */
async function ownIndex(folder: string): Promise<string> {
  const own = path.join(folder, OWN);
  const others = (await readdir(folder)).filter((name) => INDEX.test(name) && !name.startsWith(OWN));
  if (others.length === 0) return own;
  const there = await lstat(own).catch(() => null);
  const latest = there ? null : await newest(folder, others);
  if (latest !== null) await copyFile(latest, own);
  await Promise.all(others.map((name) => rm(path.join(folder, name), { force: true })));
  return own;
}

async function newest(folder: string, names: readonly string[]): Promise<string | null> {
  const files = names.filter((name) => !name.includes(".")).map((name) => path.join(folder, name));
  const found = await Promise.all(
    files.map(async (file) => ({ file, at: (await lstat(file).catch(() => null))?.mtimeMs ?? 0 })),
  );
  return found.toSorted((a, b) => b.at - a.at)[0]?.file ?? null;
}

interface Found {
  readonly gone: readonly string[];
  readonly present: readonly string[];
  readonly nested: readonly string[];
}

function sortOut(tracked: readonly { status: string; path: string }[], others: readonly string[]): Found {
  const isNested = (name: string) => name.endsWith("/");
  return {
    gone: tracked.filter(({ status }) => status === "D").map(({ path }) => path),
    present: [
      ...tracked.filter(({ status }) => status !== "D").map(({ path }) => path),
      ...others.filter((name) => !isNested(name)),
    ],
    nested: others.filter(isNested).map((name) => name.slice(0, -1)),
  };
}

/** A tracked file that is now a pipe, a socket or a device counts as gone: git would refuse all of the rest for it. */
async function withoutSpecial(session: SessionGit, found: Found): Promise<Found> {
  const present: string[] = [];
  const gone = [...found.gone];
  for (const name of found.present) {
    const at = Buffer.concat([Buffer.from(`${session.worktree}/`), Buffer.from(name, BYTES)]);
    const stats = await lstat(at).catch(() => null);
    if (stats?.isFile() || stats?.isSymbolicLink() || stats?.isDirectory()) present.push(name);
    else gone.push(name);
  }
  return { ...found, present, gone };
}

/** Adds all that git can read, by halves around what it can't; returns the latter. */
async function addAll(paths: readonly string[], call: GitCall): Promise<string[]> {
  if (paths.length === 0) return [];
  try {
    const { stderr } = await update(["--add", "--remove", "--replace"], paths, call);
    return [...stderr.matchAll(/^Ignoring path (.*)$/gm)].map((match) =>
      Buffer.from(match[1] ?? "").toString(BYTES),
    );
  } catch (error) {
    if (!(error instanceof GitError) || error.exit === null) throw error;
    if (paths.length === 1) return [...paths];
    const middle = Math.ceil(paths.length / 2);
    return [...(await addAll(paths.slice(0, middle), call)), ...(await addAll(paths.slice(middle), call))];
  }
}

const update = (how: readonly string[], paths: readonly string[], call: GitCall) =>
  git(["update-index", ...how, "-z", "--stdin"], {
    ...call,
    input: Buffer.from(paths.map((name) => `${name}\0`).join(""), BYTES),
  });

const names = (output: Buffer): string[] => output.toString(BYTES).split("\0").slice(0, -1);

const shown = (name: string): string => Buffer.from(name, BYTES).toString("utf8");

/** Pure: parses `git diff-files --raw -z` without renames: `:mode mode id id status`, then the path. */
export function parseDiffFiles(output: Buffer): { status: string; path: string }[] {
  const fields = names(output);
  return fields.flatMap((field, index) => {
    if (index % 2 === 1) return [];
    return [{ status: field.slice(-1), path: fields[index + 1] ?? "" }];
  });
}

const worktreeMissing = (session: SessionGit) =>
  ({
    code: "worktree_missing",
    message: "The session's worktree is no longer there.",
    kept: "Its checkpoints, and what was published of its branch.",
    hint: "Restore the last checkpoint, or archive the session.",
    details: `not a folder: ${session.worktree}`,
  }) as const;

const unreadable = (error: GitError) =>
  ({
    code: "worktree_unreadable",
    message: "Git can't read the session's worktree.",
    kept: "All of its files; nothing was changed.",
    hint: "The details name what stands in the way, such as a .gitignore that is not a file.",
    details: error.stderr || error.message,
  }) as const;
