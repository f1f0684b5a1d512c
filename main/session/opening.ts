import { assertNever } from "#shared/kernel/assert-never.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/**
 * Whether messages wait for a turn of their own, where none runs. After a turn that the person stopped, or that a host
 * did not outlive, the person says when it goes on.
 */
export function messagesWait({ messages, turn, worktreeFailure, trash }: SessionSummary): boolean {
  if (messages.length === 0 || worktreeFailure !== null || trash !== null) return false;
  if (turn === null) return false;
  switch (turn.status) {
    case "completed":
    case "failed":
      return true;
    case "interrupted":
      return turn.reason === "repetition" || turn.reason === "step_limit";
    case "running":
      return false;
    default:
      return assertNever(turn.status);
  }
}

/** A turn that was asked for and has not begun: nothing runs twice when it starts now. */
export function neverBegan(summary: SessionSummary): boolean {
  if (summary.trash !== null || summary.worktreeFailure !== null) return false;
  const waits = summary.queuedTurn !== null || (summary.turns === 0 && summary.turn === null);
  return waits || messagesWait(summary);
}

const CONTINUE =
  "Continue where you left off. The turn before this one was cut off; results of calls that were under way say what became of them. Look at the state of the files before you repeat anything.";

/** What the next turn starts with, by what the log knows. */
export function opening(summary: SessionSummary): {
  reason: "task" | "message" | "continue";
  text: string;
  delivery: "start" | "queue" | "continue";
} {
  const waiting = summary.messages.map((message) => message.text);
  if (summary.turns === 0)
    return { reason: "task", text: [summary.task, ...waiting].join("\n\n"), delivery: "start" };
  const cutOff = summary.turn?.status === "interrupted" || summary.turn?.status === "failed";
  if (cutOff) return { reason: "continue", text: [CONTINUE, ...waiting].join("\n\n"), delivery: "continue" };
  return { reason: "message", text: waiting.join("\n\n") || CONTINUE, delivery: "queue" };
}
