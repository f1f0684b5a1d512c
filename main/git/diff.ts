import type { Patch, SessionDiff } from "#shared/git/diff.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { diffBase } from "./diff-base.ts";
import { parseDiff, totalOf } from "./parse-diff.ts";
import { git } from "./runner.ts";
import { serial } from "./serial.ts";
import type { SessionGit } from "./session-git.ts";
import { refreshIndex } from "./worktree-index.ts";
import type { WorktreeCode } from "./worktree-index.ts";

/** Nothing but git itself makes the diff, and no setting of anybody's shapes it. */
export const PLAIN_DIFF = [
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--find-renames",
  "--ignore-submodules=none",
];

/** What the worktree changed against where the session's history left the base branch, untracked files included. */
export function diffSession(
  session: SessionGit,
  signal?: AbortSignal,
): Promise<Result<SessionDiff, WorktreeCode>> {
  return serial(session.places.git, async () => {
    const state = await refreshIndex(session, signal);
    if (!state.ok) return state;
    const { indexFile, nested, skipped } = state.value;
    const base = await diffBase(session, signal);
    const args = ["diff-index", "--cached", "--raw", "--numstat", "-z", ...PLAIN_DIFF, base];
    const output = await git(args, { repository: session.hostDir, indexFile, ...(signal && { signal }) });
    const files = parseDiff(output.stdout);
    return ok({
      base,
      files,
      total: totalOf(files),
      nested: [...nested],
      skipped: [...skipped],
    });
  });
}

export interface PatchRequest {
  /** Only these files; all where it is not given. */
  readonly paths?: readonly string[];
  /** Lines around a change. Default 3. */
  readonly context?: number;
  /** Most bytes of text. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

/** The same as a unified diff, for the files that somebody looks at. */
export function patchSession(
  session: SessionGit,
  request: PatchRequest,
): Promise<Result<Patch, WorktreeCode>> {
  return serial(session.places.git, async () => {
    const state = await refreshIndex(session, request.signal);
    if (!state.ok) return state;
    const from = [
      "--cached",
      "--patch",
      `--unified=${request.context ?? 3}`,
      ...PLAIN_DIFF,
      await diffBase(session, request.signal),
    ];
    const output = await git(["--literal-pathspecs", "diff-index", ...from, "--", ...(request.paths ?? [])], {
      repository: session.hostDir,
      indexFile: state.value.indexFile,
      maxBytes: request.maxBytes,
      ...(request.signal && { signal: request.signal }),
    });
    const all = output.stdout.toString("utf8");
    return ok({
      text: output.truncated ? all.slice(0, all.lastIndexOf("\n") + 1) : all,
      truncated: output.truncated,
    });
  });
}
