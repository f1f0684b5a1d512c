/**
 * Reads where the agent's branch is, from files that the agent may have replaced by anything: no git runs in its
 * repository. Links are not followed, sizes are bounded, and what is read is one object id or nothing.
 */
import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";
import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { SessionGit } from "./session-git.ts";

export type AgentHeadCode = "private_repository_damaged" | "branch_missing";

export interface AgentHead {
  /** The branch that the agent has checked out, without `refs/heads/`; null in the middle of a rebase, for one. */
  readonly branch: string | null;
  readonly commit: string;
}

const MOST_REF = 4 * 1024;
const MOST_PACKED = 64 * 1024 * 1024;

export async function readAgentHead(session: SessionGit): Promise<Result<AgentHead, AgentHeadCode>> {
  const { agentDir } = session;
  const head = await readPlain(agentDir, ["HEAD"], MOST_REF);
  if (head === null) return fail(damaged("its HEAD is missing, or is not a plain file"));
  const value = parseRef(head, session);
  if (value === null) return fail(damaged("its HEAD is neither a branch nor a commit"));
  if (value.kind === "commit") return ok({ branch: null, commit: value.commit });
  const commit = await readBranch(session, value.ref);
  if (commit !== null) return ok({ branch: value.ref.slice("refs/heads/".length), commit });
  return fail({
    code: "branch_missing",
    message: `The branch ${value.ref.slice("refs/heads/".length)} is gone from the session's private repository.`,
    kept: "The session's files, its checkpoints and what was published of it.",
    hint: "Ask the agent to make the branch again, or open a terminal in the session: `git reflog` may know its last commit.",
  });
}

async function readBranch(session: SessionGit, ref: string): Promise<string | null> {
  const loose = await readPlain(session.agentDir, ref.split("/"), MOST_REF);
  if (loose !== null) {
    const value = parseRef(loose, session);
    return value?.kind === "commit" ? value.commit : null;
  }
  const packed = await readPlain(session.agentDir, ["packed-refs"], MOST_PACKED);
  const found = packed === null ? undefined : parsePackedRefs(packed, ref);
  return found !== undefined && isObjectId(found, session) ? found : null;
}

/** Pure: what `ref` points to in a packed-refs file. */
export function parsePackedRefs(packed: string, ref: string): string | undefined {
  const line = packed.split("\n").find((line) => line.endsWith(` ${ref}`));
  return line?.slice(0, line.indexOf(" "));
}

function parseRef(content: string, session: SessionGit) {
  const line = content.replace(/\n+$/, "");
  if (isObjectId(line, session)) return { kind: "commit", commit: line } as const;
  const ref = /^ref:\s*(.*)$/s.exec(line)?.[1];
  return ref !== undefined && isBranchRef(ref) ? ({ kind: "ref", ref } as const) : null;
}

const isObjectId = (id: string, { project }: SessionGit): boolean =>
  (project.objectFormat === "sha256" ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(id);

/** Pure: whether `ref` is a branch by the rules of git-check-ref-format, which also makes it a safe relative path. */
export const isBranchRef = (ref: string): boolean =>
  // oxlint-disable-next-line no-control-regex -- a ref holds no control characters
  /^refs\/heads\/[^\u0000-\u0020\u007f~^:?*[\\]+$/.test(ref) &&
  !/\.\.|@\{|\/\/|\/$|\.lock(\/|$)|(^|\/)\.|\.$/.test(ref) &&
  Buffer.byteLength(ref) < 1024;

/** The text of a plain file below `root`, or null where it, or a folder on the way, is missing or something else. */
async function readPlain(root: string, parts: readonly string[], most: number): Promise<string | null> {
  for (let depth = 0; depth < parts.length; depth++) {
    const folder = await lstat(path.join(root, ...parts.slice(0, depth))).catch(() => null);
    if (!folder?.isDirectory()) return null;
  }
  // Without O_NONBLOCK a named pipe would hold the host until somebody writes to it.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const file = await open(path.join(root, ...parts), flags).catch(() => null);
  if (!file) return null;
  await using _closed = file;
  const { size } = await file.stat();
  if (!(await file.stat()).isFile() || size > most) return null;
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, 0);
  return buffer.subarray(0, bytesRead).toString("utf8");
}

export const damaged = (details: string) =>
  ({
    code: "private_repository_damaged",
    message: "The session's private repository is damaged or was tampered with.",
    kept: "The session's files, its checkpoints, what was published of it, and your repository.",
    hint: "What the agent committed since the last publish can't be read; the files themselves can still be copied.",
    details,
  }) as const;
