/** What the keys of the composer do, and what it says about them: by the session's state alone. */
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** `waits`: the first or next turn has not got its place yet. `cutOff`: interrupted or failed. */
export type Phase = "waits" | "running" | "asks" | "cutOff" | "rests" | "archived";

export function phaseOf(session: SessionSummary): Phase {
  if (session.trash !== null) return "archived";
  if (session.worktreeFailure !== null) return "cutOff";
  if (session.turn === null) return "waits";
  const { status } = session.turn;
  switch (status) {
    case "running":
      return session.state === "needs_you" ? "asks" : "running";
    case "interrupted":
    case "failed":
      return session.queuedTurn === null ? "cutOff" : "waits";
    case "completed":
      return session.queuedTurn === null ? "rests" : "waits";
    default:
      return assertNever(status);
  }
}

/** Whether something can be stopped: a turn that runs, or one that waits for its place. */
export const canStop = (phase: Phase): boolean =>
  phase === "running" || phase === "asks" || phase === "waits";

export type Intent = "steer" | "queue" | "aside" | "continue" | "stop" | "arm-stop";

export interface Keys {
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  /** An input method is composing: its Enter and Escape are its own. */
  readonly composing: boolean;
}

/**
 * What a key means in the composer, or null where it is the text's own. `armed`: Escape was the last key, and the next
 * one stops.
 */
export function intentOf(keys: Keys, at: { phase: Phase; empty: boolean; armed: boolean }): Intent | null {
  if (keys.composing || at.phase === "archived") return null;
  const stops = stopIntent(keys, at);
  if (stops || keys.key !== "Enter" || keys.shiftKey) return stops;
  if (at.empty) return at.phase === "cutOff" && !keys.altKey && !isCommand(keys) ? "continue" : null;
  if (isCommand(keys)) return "aside";
  return keys.altKey ? "queue" : "steer";
}

/** The part of it that holds in the whole pane, not only in the text. ⌘/Ctrl and a dot stop too: the shell has that key. */
export function stopIntent(keys: Keys, at: { phase: Phase; armed: boolean }): "stop" | "arm-stop" | null {
  if (keys.composing || keys.key !== "Escape" || !canStop(at.phase)) return null;
  return at.armed ? "stop" : "arm-stop";
}

const isCommand = (keys: Keys): boolean => keys.ctrlKey || keys.metaKey;

/** What Enter does now, always in sight. */
export function legendOf(phase: Phase, empty: boolean): string {
  switch (phase) {
    case "running":
      return "Enter steers now · Alt+Enter queues for after this turn";
    case "asks":
      return "Enter steers now, the question stays open · Alt+Enter queues for after this turn";
    case "waits":
      return "Enter sends it along with the turn that is about to start";
    case "cutOff":
      return empty ? "Enter continues where it stopped" : "Enter continues with this message";
    case "rests":
      return "Enter starts the next turn";
    case "archived":
      return "Archived. Restore the session to go on with it.";
    default:
      return assertNever(phase);
  }
}

export function placeholderOf(phase: Phase): string {
  switch (phase) {
    case "running":
    case "asks":
      return "Steer or queue…";
    case "waits":
      return "Add something before it starts…";
    case "cutOff":
      return "Continue, or say what to do differently…";
    case "rests":
      return "What next?";
    case "archived":
      return "";
    default:
      return assertNever(phase);
  }
}

/** The draft after `sent` was taken: what was written on meanwhile stays. */
export function afterSent(draft: string, sent: string): string {
  if (draft === sent) return "";
  return draft.startsWith(sent) ? draft.slice(sent.length).trimStart() : draft;
}

/** The draft with a text back in it that did not get through: before what was written meanwhile. */
export function withBack(draft: string, failed: string): string {
  if (draft.trim() === "" || draft === failed) return failed;
  return `${failed}\n\n${draft}`;
}
