import { expect, test } from "vitest";
import type { EventBody, EventType } from "#shared/session/events.ts";
import type { SessionState } from "#shared/session/summary.ts";
import { newsOf, waiting, worthSaying } from "./news.ts";

const session = (state: SessionState) => ({
  id: "ses_1",
  title: "Fix lint",
  state,
  changes: { files: 2, added: 10, removed: 3 },
  lastLine: "All done",
});
const event = <Type extends EventType>(type: Type, body: EventBody<Type>) => ({
  id: 1,
  stream: "session/ses_1",
  seq: 1,
  v: 1,
  at: 0,
  actor: "oriel" as const,
  cause: null,
  type,
  body,
});
const failure = { code: "x", message: "The server did not answer." };
const said = (title: string, body: string) => ({ session: "ses_1", title: `Fix lint: ${title}`, body });
const question = { kind: "question", question: "Which port?" } as const;
const turn = "t";

test.each([
  [
    event("approval.requested", { turn, item: "i", approval: "a", action: "npm i", reason: "" }),
    "needs_you",
    said("asks to run a command", "npm i"),
  ],
  [
    event("item.started", { turn, item: "i", content: question }),
    "needs_you",
    said("has a question", "Which port?"),
  ],
  [event("item.started", { turn, item: "i", content: { ...question, aside: true } }), "running", null],
  [event("item.started", { turn, item: "i", content: { kind: "reasoning", text: "" } }), "running", null],
  [event("turn.failed", { turn, failure }), "needs_you", said("failed", failure.message)],
  [event("worktree.failed", { failure }), "needs_you", said("failed", failure.message)],
  [event("turn.interrupted", { turn, reason: "stopped", text: "Stopped by you." }), "needs_you", null],
  [
    event("turn.interrupted", { turn, reason: "repetition", text: "It went round." }),
    "needs_you",
    said("needs you", "It went round."),
  ],
  [event("turn.completed", { turn, changes: null }), "ready", said("ready", "2 files, +10 −3")],
  [event("turn.completed", { turn, changes: null }), "idle", null],
  [event("plan.updated", { turn, steps: [] }), "running", null],
  [{ ...event("plan.updated", { turn, steps: [] }), type: "of.tomorrow" }, "running", null],
] as const)("news of %j", (log, state, news) => {
  expect(newsOf(log, session(state))).toEqual(news);
});

const on = { settings: { notifications: true }, looking: false };
const sessions = new Map([
  ["a", session("needs_you")],
  ["b", session("running")],
  ["c", session("ready")],
]);
const news = (id: string, title: string) => ({ session: id, title, body: "" });

test("of each session the last is said, while it still holds", () => {
  const batch = [
    news("a", "asks"),
    news("b", "asks, and was answered"),
    news("a", "asks again"),
    news("c", "ready"),
    news("gone", "x"),
  ];
  expect(worthSaying(batch, sessions, on)).toEqual([news("a", "asks again"), news("c", "ready")]);
});

test("it is quiet for who looks, and for who does not want it", () => {
  expect(worthSaying([news("a", "asks")], sessions, { ...on, looking: true })).toEqual([]);
  expect(worthSaying([news("a", "asks")], sessions, { ...on, settings: { notifications: false } })).toEqual(
    [],
  );
});

test("the badge counts who waits", () => {
  expect(waiting(sessions.values())).toBe(1);
});
