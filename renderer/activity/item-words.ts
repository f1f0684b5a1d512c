/** What is said of an item: how it ended, and whether it is open by itself. */
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { SandboxMode } from "#shared/session/items.ts";
import type { TranscriptApproval, TranscriptItem } from "#shared/session/transcript.ts";

export interface Outcome {
  readonly word: string;
  /** `running`: under way. `bad`: failed. `quiet`: all else. */
  readonly tone: "running" | "bad" | "quiet";
}

export function outcomeOf(item: TranscriptItem): Outcome {
  const { content, status } = item;
  if (awaitsAnswer(item)) return { word: "not started", tone: "quiet" };
  if (status === "open") return { word: "running", tone: "running" };
  if (status === "denied") return { word: "denied", tone: "bad" };
  if (content.kind === "command" && content.signal)
    return { word: `ended by ${content.signal}`, tone: "bad" };
  if (content.kind === "command" && content.exitCode != null) {
    return { word: `exit ${content.exitCode}`, tone: content.exitCode === 0 ? "quiet" : "bad" };
  }
  if (status === "interrupted") return { word: "interrupted", tone: "bad" };
  if (status === "failed") return { word: content.kind === "command" ? "not run" : "failed", tone: "bad" };
  return { word: content.kind === "command" ? "goes on in the background" : "ok", tone: "quiet" };
}

/** Whether nothing of it has happened yet, since the person is asked first. */
export const awaitsAnswer = ({ status, approval }: TranscriptItem): boolean =>
  status === "open" && approval?.decision === "pending";

/** How long an item took in ms, or null while it is open. A command's own clock is better than the log's. */
export function durationOf(item: TranscriptItem): number | null {
  if (item.status === "open") return null;
  if (item.content.kind === "command" && item.content.durationMs !== undefined)
    return item.content.durationMs;
  return item.endedAt === null ? null : item.endedAt - item.startedAt;
}

/** `folded`: its line alone. `tail`: the end of its output too. `all`: everything there is. */
export type Fold = "folded" | "tail" | "all";

/** How an item is shown where the person has not said otherwise: what runs or failed shows the end of its output. */
export function foldOf(item: TranscriptItem): Fold {
  if (item.content.kind !== "command" && item.content.kind !== "tool_call") return "folded";
  const { tone } = outcomeOf(item);
  return tone === "quiet" ? "folded" : "tail";
}

export function sandboxWord(sandbox: SandboxMode | "none"): string {
  switch (sandbox) {
    case "read-only":
      return "read-only";
    case "workspace-write":
      return "sandboxed";
    case "full-access":
      return "full access";
    case "none":
      return "no sandbox";
    default:
      return assertNever(sandbox);
  }
}

export function decisionWord(decision: Exclude<TranscriptApproval["decision"], "pending">): string {
  switch (decision) {
    case "approved":
      return "You allowed it";
    case "denied":
      return "You denied it";
    case "stale":
      return "Not answered before the turn ended";
    default:
      return assertNever(decision);
  }
}
