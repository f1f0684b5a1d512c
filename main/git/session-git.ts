import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { projectPlace } from "./project.ts";

/**
 * A session's git, as the host remembers it. The agent may write `worktree` and `agentDir` and nothing else; what is
 * in them is never believed. `hostDir` is the host's own repository on the same session: verified copies of the
 * agent's commits, checkpoints, and the index of the worktree.
 */
export const sessionGit = z.object({
  session: z.string(),
  project: projectPlace,
  /** The branch that the session started from, or null where HEAD was detached; and the commit it was at. */
  base: z.object({ branch: z.string().nullable(), commit: z.string() }),
  /** As the person's repository knows it: `oriel/<slug>`. */
  branch: z.string(),
  worktree: z.string(),
  agentDir: z.string(),
  hostDir: z.string(),
  /** Below the data directory: what archiving moves, and where to. */
  places: z.object({ worktree: z.string(), git: z.string(), trash: z.string() }),
});
export type SessionGit = z.infer<typeof sessionGit>;

/** The folders that a sandbox must let the agent write, besides its temp folder. */
export const writablePaths = (session: SessionGit): readonly string[] => [session.worktree, session.agentDir];

/**
 * What of `agentDir` the agent must not write although git there is its own: by these files it would say what git runs,
 * and the person's prompt, editor and terminal run git in the worktree too. `commondir` would name other ones.
 */
export const sealedPaths = ({ agentDir }: SessionGit): readonly string[] =>
  ["config", "config.worktree", "commondir", "hooks", "info/attributes"].map((name) =>
    path.join(agentDir, name),
  );

/** Where everything of a session is. `slug` names the worktree's folder, which is what a person sees in a prompt. */
export function placesOf(dataDir: string, session: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(session)) throw new Error(`not a session id: ${session}`);
  return {
    worktree: path.join(dataDir, "worktrees", session),
    git: path.join(dataDir, "git", session),
    trash: path.join(dataDir, "trash", session),
  };
}

/** The host's record of a finished creation. Written last, so that its presence says that all of it is there. */
export const recordFile = (gitPlace: string): string => path.join(gitPlace, "session.json");

/** The session's git as it was created. `session_missing` where it never was, or is archived. */
export async function openSession(
  dataDir: string,
  session: string,
): Promise<Result<SessionGit, "session_missing">> {
  const places = placesOf(dataDir, session);
  const record = await readRecord(places.git);
  return record
    ? ok(record)
    : fail({
        code: "session_missing",
        message: `Session ${session} has no worktree here.`,
        hint: "Restore it from the archive if it was archived.",
      });
}

export async function readRecord(gitPlace: string): Promise<SessionGit | null> {
  const json = await readFile(recordFile(gitPlace), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  return json === null ? null : sessionGit.parse(JSON.parse(json));
}

/** Refs of the host's repository of a session. */
export const HOST_REFS = {
  base: "refs/oriel/base",
  /** The newest commit of the agent that was copied and verified. */
  tip: "refs/oriel/tip",
  /** What the person's repository was given as the session's branch. */
  published: "refs/oriel/published",
} as const;

/** Refs that a session has in the person's repository, besides its branch. */
export const personRefs = (session: string) => ({
  /** Keeps the base's objects from the person's gc. */
  base: `refs/oriel/base/${session}`,
  /** Keeps the work of an archived session. */
  archived: `refs/oriel/archived/${session}`,
  /** Its name holds the branch that was chosen, so that a creation that was cut short finds it again. */
  branches: `refs/oriel/branch/${session}`,
});
