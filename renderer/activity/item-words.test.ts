import { expect, test } from "vitest";
import type { ItemContent } from "#shared/session/items.ts";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import { durationOf, foldOf, outcomeOf } from "./item-words.ts";

const item = (content: ItemContent, status: TranscriptItem["status"]): TranscriptItem => ({
  id: "i",
  turn: "t",
  content,
  status,
  startedAt: 1000,
  endedAt: status === "open" ? null : 3000,
});
const asked = (of: TranscriptItem): TranscriptItem => ({
  ...of,
  approval: { id: "a", action: "ls", reason: "", at: 1000, decision: "pending" },
});
const command = (more: object = {}): ItemContent => ({ kind: "command", command: "ls", cwd: "", ...more });
const tool: ItemContent = { kind: "tool_call", tool: "search", title: "search x", arguments: "{}" };

test.each([
  [item(command(), "open"), "running", "running", "tail"],
  [asked(item(command(), "open")), "not started", "quiet", "folded"],
  [item(command({ exitCode: 0 }), "completed"), "exit 0", "quiet", "folded"],
  [item(command({ exitCode: 2 }), "failed"), "exit 2", "bad", "tail"],
  [item(command({ exitCode: null, signal: "SIGTERM" }), "interrupted"), "ended by SIGTERM", "bad", "tail"],
  [item(command(), "completed"), "goes on in the background", "quiet", "folded"],
  [item(command(), "failed"), "not run", "bad", "tail"],
  [item(command(), "denied"), "denied", "bad", "tail"],
  [item(tool, "completed"), "ok", "quiet", "folded"],
  [item(tool, "failed"), "failed", "bad", "tail"],
  [item(tool, "interrupted"), "interrupted", "bad", "tail"],
] as const)("%# says how it ended and how much is shown", (of, word, tone, fold) => {
  expect([outcomeOf(of), foldOf(of)]).toEqual([{ word, tone }, fold]);
});

test("a command's own clock comes first", () => {
  expect(durationOf(item(command({ durationMs: 12 }), "completed"))).toBe(12);
  expect(durationOf(item(command(), "completed"))).toBe(2000);
  expect(durationOf(item(command(), "open"))).toBeNull();
});
