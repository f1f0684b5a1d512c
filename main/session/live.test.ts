import { expect, test } from "vitest";
import type { Event, UnknownEvent } from "#shared/session/events.ts";
import { createLive } from "./live.ts";
import type { Live } from "./live.ts";

const live = (): Live => createLive({ redact: (text) => text, secrets: () => [] });

let id = 0;
const event = (type: Event["type"], body: unknown, session = "ses_a"): UnknownEvent => {
  id += 1;
  return { id, stream: `session/${session}`, seq: id, v: 1, at: 0, actor: "agent", cause: null, type, body };
};
const started = (item: string, session?: string) =>
  event(
    "item.started",
    { turn: "trn", item, content: { kind: "message", role: "agent", text: "" } },
    session,
  );
const completed = (item: string) =>
  event("item.completed", {
    turn: "trn",
    item,
    status: "completed",
    content: { kind: "reasoning", text: "" },
  });

const query = (have: Record<string, number> = {}, waitMs = 30_000) => ({ sessions: ["ses_a"], have, waitMs });
const say = (to: Live, item: string, text: string, session = "ses_a") =>
  to.add(session, { item, kind: "message", text });
const piece = (item: string, offset: number, text: string) => ({
  session: "ses_a",
  item,
  kind: "message",
  offset,
  text,
});

test("gives what the client does not have, in order, coalesced", async () => {
  const buffers = live();
  buffers.apply([started("one"), started("two")]);
  for (const word of ["a ", "b ", "c "]) say(buffers, "one", word);
  say(buffers, "two", "x ");
  expect(await buffers.read(query())).toEqual([piece("one", 0, "a b c "), piece("two", 0, "x ")]);
  say(buffers, "one", "d ");
  expect(await buffers.read(query({ one: 6, two: 2 }))).toEqual([piece("one", 6, "d ")]);
});

test("waits for the next text of these sessions alone", async () => {
  const buffers = live();
  buffers.apply([started("one"), started("other", "ses_b")]);
  const answer = buffers.read(query());
  say(buffers, "other", "not for you ", "ses_b");
  say(buffers, "one", "for you ");
  expect(await answer).toEqual([piece("one", 0, "for you ")]);
});

test("stops with the item, and with the turn", async () => {
  const buffers = live();
  buffers.apply([started("one"), started("two")]);
  say(buffers, "one", "text ");
  say(buffers, "two", "text ");
  buffers.apply([completed("one")]);
  say(buffers, "one", "too late ");
  expect(await buffers.read(query({}, 0))).toEqual([piece("two", 0, "text ")]);
  buffers.apply([event("turn.completed", { turn: "trn", changes: null })]);
  expect(await buffers.read(query({}, 0))).toEqual([]);
});

test("knows nothing of an item that has not begun", async () => {
  const buffers = live();
  say(buffers, "one", "text ");
  expect(await buffers.read(query({}, 0))).toEqual([]);
});

test("keeps the end of a long text, and offsets go on", async () => {
  const buffers = live();
  buffers.apply([started("one")]);
  const line = `${"x".repeat(1023)}\n`;
  for (let count = 0; count < 100; count += 1) say(buffers, "one", line);
  const tail = line.repeat(64);
  expect(await buffers.read(query())).toEqual([piece("one", 36 * 1024, tail)]);
  expect(await buffers.read(query({ one: 100 * 1024 - 5 }))).toEqual([
    piece("one", 100 * 1024 - 5, tail.slice(-5)),
  ]);
});

test("a client that leaves is not waited for", async () => {
  const buffers = live();
  const gone = new AbortController();
  const answer = buffers.read(query(), gone.signal);
  gone.abort();
  expect(await answer).toEqual([]);
});
