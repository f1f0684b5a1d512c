import { expect, test } from "vitest";
import { EMPTY_TRANSCRIPT, reduceTranscript } from "#shared/session/transcript.ts";
import type { Transcript } from "#shared/session/transcript.ts";
import type { EventBody, EventType } from "#shared/session/events.ts";
import { rowsOf } from "./rows.ts";

function add<Type extends EventType>(transcript: Transcript, type: Type, body: EventBody<Type>): Transcript {
  const seq = transcript.seq + 1;
  const event = {
    id: seq,
    stream: "session/s",
    seq,
    v: 1,
    at: seq,
    actor: "oriel",
    cause: null,
    type,
    body,
  } as const;
  return reduceTranscript(transcript, event);
}

const turn = (transcript: Transcript, id: string): Transcript =>
  add(transcript, "turn.started", { turn: id, reason: "message", sandboxed: true });

const said = (transcript: Transcript, in_: string, item: string): Transcript =>
  add(transcript, "item.completed", {
    turn: in_,
    item,
    status: "completed",
    content: { kind: "message", role: "agent", text: item },
  });

test("rows in order; a second turn has a line where it begins", () => {
  const transcript = said(turn(said(turn(EMPTY_TRANSCRIPT, "t1"), "t1", "a"), "t2"), "t2", "b");
  expect(rowsOf(transcript)).toEqual([
    { key: "a", kind: "item", turn: "t1", item: "a" },
    { key: "t1/end", kind: "end", turn: "t1" },
    { key: "t2/start", kind: "turn", turn: "t2", number: 2 },
    { key: "b", kind: "item", turn: "t2", item: "b" },
    { key: "t2/end", kind: "end", turn: "t2" },
  ]);
});

test("a merged session says so last", () => {
  const merged = { into: "main", commit: "c0ffee", checkout: "advanced" } as const;
  expect(rowsOf(turn(EMPTY_TRANSCRIPT, "t1"), merged)).toEqual([
    { key: "t1/end", kind: "end", turn: "t1" },
    { key: "merged", kind: "merged", merged },
  ]);
});

test("rows of a turn that did not change stay the same objects", () => {
  const before = turn(said(turn(EMPTY_TRANSCRIPT, "t1"), "t1", "a"), "t2");
  const [first] = rowsOf(before);
  const [after] = rowsOf(said(before, "t2", "b"));
  expect(after).toBe(first);
});

const planned = (transcript: Transcript, in_: string, item: string, done: number, count = 3): Transcript => {
  const steps = ["read", "write", "test", "more"].slice(0, count).map((text, index) => {
    return { text, status: index < done ? ("completed" as const) : ("pending" as const) };
  });
  const content = { kind: "plan", steps } as const;
  const started = add(transcript, "item.started", { turn: in_, item, content });
  const updated = add(started, "plan.updated", { turn: in_, steps });
  return add(updated, "item.completed", { turn: in_, item, status: "completed", content });
};

test("of a plan's updates only steps that are done are rows, each once, in later turns too", () => {
  let transcript = turn(EMPTY_TRANSCRIPT, "t1");
  for (const [item, done] of [
    ["a", 0],
    ["b", 1],
    ["c", 1],
    ["d", 3],
  ] as const) {
    transcript = planned(transcript, "t1", item, done);
    rowsOf(transcript);
  }
  transcript = planned(planned(turn(transcript, "t2"), "t2", "e", 3, 4), "t2", "f", 4, 4);
  expect(rowsOf(transcript)).toEqual([
    { key: "b", kind: "steps", steps: ["read"], done: 1, all: 3 },
    { key: "d", kind: "steps", steps: ["write", "test"], done: 3, all: 3 },
    { key: "t1/end", kind: "end", turn: "t1" },
    { key: "t2/start", kind: "turn", turn: "t2", number: 2 },
    { key: "f", kind: "steps", steps: ["more"], done: 4, all: 4 },
    { key: "t2/end", kind: "end", turn: "t2" },
  ]);
});
