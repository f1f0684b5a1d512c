import { expect, test } from "vitest";
import type { EventBody, EventType, UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { isWriting, suggestsChange } from "./suggests-change.ts";

let seq = 0;
function event<Type extends EventType>(type: Type, body: EventBody<Type>): UnknownEvent {
  seq += 1;
  return { id: seq, stream: "session/s", seq, v: 1, at: seq, actor: "oriel", cause: null, type, body };
}

/** Which of the events ask for a new diff. */
function asked(events: readonly UnknownEvent[]): string[] {
  let before: SessionSummary | null = null;
  const types: string[] = [];
  for (const one of events) {
    const after = reduceSession(before, one);
    if (suggestsChange(before ?? undefined, after ?? undefined)) types.push(one.type);
    before = after;
  }
  return types;
}

const root = { project: "/p", base: "main", commit: "c", branch: "oriel/s" };
const command = { kind: "command", command: "ls", cwd: "" } as const;
const usage = { input: 1, cached: 0, output: 1, reasoning: 0, cost: null };

test("what may write files asks for a new diff; what only talks does not", () => {
  const created = event("session.created", {
    title: "t",
    task: "t",
    slug: "s",
    agent: "oriel",
    provider: "openai",
    model: "m",
    approval: "never",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [root],
  });
  const events = [
    created,
    event("worktree.ready", { path: "/w", git: "/g" }),
    event("turn.started", { turn: "1", reason: "task", sandboxed: true }),
    event("item.started", { turn: "1", item: "m", content: { kind: "message", role: "agent", text: "Hm" } }),
    event("item.completed", {
      turn: "1",
      item: "m",
      status: "completed",
      content: { kind: "message", role: "agent", text: "Hm" },
    }),
    event("plan.updated", { turn: "1", steps: [] }),
    event("item.started", { turn: "1", item: "c", content: command }),
    event("usage.updated", { turn: "1", model: "m", added: usage }),
    event("item.completed", { turn: "1", item: "c", status: "completed", content: command }),
    event("branch.updated", { branch: "oriel/s", commit: "d", changes: { files: 1, added: 1, removed: 0 } }),
    event("session.renamed", { title: "u" }),
    event("turn.completed", { turn: "1", changes: { files: 1, added: 1, removed: 0 } }),
  ];
  expect(asked(events)).toEqual([
    "session.created",
    "worktree.ready",
    "turn.started",
    "item.completed",
    "branch.updated",
    "turn.completed",
  ]);
});

const create = (): UnknownEvent =>
  event("session.created", {
    ...{ title: "t", task: "t", slug: "s", agent: "oriel", provider: "openai", model: "m" },
    ...{ approval: "never", sandbox: "workspace-write", parent: null, origin: "person", roots: [root] },
  });

test("a command that runs may write; one that waits for its approval and a message do not", () => {
  let session = reduceSession(null, create());
  const writes = (...events: readonly UnknownEvent[]): boolean => {
    for (const one of events) session = reduceSession(session, one);
    return isWriting(session ?? undefined);
  };
  const message = { kind: "message", role: "agent", text: "" } as const;
  expect([
    writes(event("turn.started", { turn: "1", reason: "task", sandboxed: true })),
    writes(event("item.started", { turn: "1", item: "m", content: message })),
    writes(event("item.started", { turn: "1", item: "c", content: command })),
    writes(event("approval.requested", { turn: "1", item: "c", approval: "a", action: "ls", reason: "" })),
    writes(event("approval.resolved", { approval: "a", decision: "approved" })),
    writes(event("item.completed", { turn: "1", item: "c", status: "completed", content: command })),
  ]).toEqual([false, false, true, false, true, false]);
});

test("a size that is shown already is no news", () => {
  const size = { files: 1, added: 2, removed: 3 };
  const created = reduceSession(null, create());
  const before = created ?? undefined;
  const after = before && { ...before, changes: { ...size } };
  expect(suggestsChange(before, after)).toBe(true);
  expect(suggestsChange(before, after, size)).toBe(false);
  expect(suggestsChange(before, after, { ...size, added: 1 })).toBe(true);
  expect(suggestsChange(before, after && { ...after, published: "c" }, size)).toBe(true);
});
