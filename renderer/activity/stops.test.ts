import { expect, test } from "vitest";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import type { Row } from "./rows.ts";
import { nextStop, stopsOf } from "./stops.ts";

const message = (role: "person" | "agent"): TranscriptItem => ({
  id: role,
  turn: "t",
  content: { kind: "message", role, text: "" },
  status: "completed",
  startedAt: 0,
  endedAt: 0,
});
const items = { person: message("person"), agent: message("agent") };
const row = (item: string, key: number): Row => ({ key: `${key}`, kind: "item", turn: "t", item });
const end: Row = { key: "end", kind: "end", turn: "t" };

const rows = [
  ...["person", "agent", "agent", "other"].map(row),
  end,
  ...["person", "other", "person"].map(row),
  end,
];

test("stops are what the person said and the last answer of each turn", () => {
  expect(stopsOf(rows, items)).toEqual([
    { index: 0, by: "person" },
    { index: 2, by: "agent" },
    { index: 5, by: "person" },
    { index: 7, by: "person" },
  ]);
});

test("the next stop is the one out of sight above, or the one that begins further down", () => {
  const stops = stopsOf(rows, items);
  const at = (direction: "up" | "down", top: number) =>
    nextStop(stops, direction, top, (index) => index * 100)?.index ?? null;
  expect([at("up", 900), at("up", 700), at("up", 701.5), at("up", 0)]).toEqual([7, 5, 7, null]);
  expect([at("down", 0), at("down", 199), at("down", 700)]).toEqual([2, 5, null]);
});
