import type { Failure } from "#shared/kernel/failure.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** The exit codes that scripts rely on. */
export const EXIT = { ok: 0, turnFailed: 1, usage: 2, needsPerson: 3, interrupted: 130 } as const;

/** The exit code that a set of sessions amounts to: a failed turn weighs more than one that waits for a person. */
export function exitCodeOf(sessions: readonly SessionSummary[]): number {
  if (sessions.some((summary) => summary.turn?.status === "failed" || summary.worktreeFailure !== null)) {
    return EXIT.turnFailed;
  }
  return sessions.some((summary) => summary.state === "needs_you") ? EXIT.needsPerson : EXIT.ok;
}

/** What only another command line, or another environment, can put right. */
const USAGE: ReadonlySet<string> = new Set([
  "bad_usage",
  "agent_unknown",
  "no_model",
  "not_a_folder",
  "not_a_repository",
  "not_found",
  "session_ambiguous",
  "session_unknown",
  "unknown_terminal",
]);

/** The exit code of a verb that was refused. */
export const exitCodeOfFailure = ({ code }: Failure): number =>
  USAGE.has(code) ? EXIT.usage : EXIT.turnFailed;
