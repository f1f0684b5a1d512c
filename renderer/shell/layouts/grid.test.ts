import { expect, test } from "vitest";
import { columnsOf, moved, shares } from "./grid.ts";

test.each([
  [1, 1166, 1],
  [3, 1166, 3],
  [3, 1000, 2],
  [6, 1166, 3],
  [5, 1166, 3],
  [4, 1166, 2],
  [5, 2600, 5],
  [3, 300, 1],
  [0, 1166, 1],
])("%d panes in %d px stand in %d columns", (panes, width, columns) => {
  expect(columnsOf(panes, width)).toBe(columns);
});

test("weights share the width, and none falls below the least", () => {
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
