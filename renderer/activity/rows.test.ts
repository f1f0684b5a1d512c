import { expect, test } from "vitest";
import { EMPTY_TRANSCRIPT, reduceTranscript } from "#shared/session/transcript.ts";
import type { Transcript } from "#shared/session/transcript.ts";
import type { EventBody, EventType } from "#shared/session/events.ts";
import type { FileChange } from "#shared/session/items.ts";
import { editedFiles, rowsOf } from "./rows.ts";

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

const changed = (
  transcript: Transcript,
  item: string,
  changes: FileChange[],
  status: "completed" | "failed" = "completed",
) =>
  add(transcript, "item.completed", { turn: "t1", item, status, content: { kind: "file_change", changes } });

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

test("rows of a turn that did not change stay the same objects", () => {
  const before = turn(said(turn(EMPTY_TRANSCRIPT, "t1"), "t1", "a"), "t2");
  const [first] = rowsOf(before);
  const [after] = rowsOf(said(before, "t2", "b"));
  expect(after).toBe(first);
});

test("edited files: summed, moved along, without what failed", () => {
  let transcript = turn(EMPTY_TRANSCRIPT, "t1");
  transcript = changed(transcript, "a", [
    { path: "x", action: "update", added: 2, removed: 1 },
    { path: "y", action: "add", added: 9, removed: 0 },
  ]);
  transcript = changed(transcript, "b", [{ path: "x", to: "z", action: "move", added: 1, removed: 0 }]);
  transcript = changed(transcript, "c", [{ path: "no", action: "add", added: 1, removed: 0 }], "failed");
  transcript = changed(transcript, "d", [{ path: "y", action: "delete", added: 0, removed: 9 }]);
  expect(editedFiles(transcript, transcript.turns[0]!)).toEqual([
    { path: "z", added: 3, removed: 1, deleted: false },
    { path: "y", added: 9, removed: 9, deleted: true },
  ]);
});
