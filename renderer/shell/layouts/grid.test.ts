import { expect, test } from "vitest";
import { moved, rowsOf, shares } from "./grid.ts";

test.each([
  [3, 1166, ["abc"]],
  [3, 1000, ["ab", "c"]],
  [6, 1166, ["abc", "def"]],
  [5, 1166, ["abc", "de"]],
  [4, 1166, ["ab", "cd"]],
  [3, 300, ["a", "b", "c"]],
  [0, 1166, []],
])("%d panes in %d px stand as %j", (count, width, rows) => {
  expect(rowsOf(["a", "b", "c", "d", "e", "f"].slice(0, count), width).map((row) => row.join(""))).toEqual(
    rows,
  );
});

test("weights share a row, and none falls below the least", () => {
  expect([
    shares([1, 1, 1], 1200),
    shares([2, 1], 1200),
    shares([10, 1, 1], 1200),
    shares([1, 1], 500),
    shares([1, 0.0001, 1], 1500),
  ]).toEqual([
    [400, 400, 400],
    [800, 400],
    [480, 360, 360],
    [250, 250],
    [570, 360, 570],
  ]);
});

test("a separator moves its two neighbours only, and stops at the least", () => {
  expect([
    moved([500, 500, 500], 0, 50),
    moved([500, 500, 500], 1, -900),
    moved([400, 400], 0, 500),
    moved([400], 0, 9),
  ]).toEqual([[550, 450, 500], [500, 360, 640], [440, 360], [400]]);
});
