import { expect, test } from "vitest";
import { planWorld } from "./plan.ts";
import { misread, restored, unlike } from "./told.ts";

const NOTICE = "── Oriel's daemon ended; a new shell was started at 12:00 ──";

test("a screen is like what was printed up to anywhere in a line, and unlike it otherwise", () => {
  const truth = ["begin", "out 1", "out 2"];
  expect(
    [[], truth, ["begin", "ou"], ["begin", "out 2"], [...truth, "out 3"]].map((told) => unlike(told, truth)),
  ).toEqual([
    null,
    null,
    null,
    'line 2 is "out 2" where "out 1" belongs',
    'line 4 is "out 3" where "undefined" belongs',
  ]);
});

test("what came back is the beginning of what was told, as much as was saved, and says so", () => {
  const of = (told: readonly string[]) =>
    restored(told, "begin 2 ", { before: ["begin 1 7", "out 1", "out 2"], kept: ["begin 1 7", "out 1"] });
  const good = ["begin 1 7", "out 1", NOTICE];
  expect(of([...good, "begin 2 8", "out 1"])).toEqual({ past: good, problems: [] });
  // The second of two daemons died before it had saved anything, or after.
  expect(of([...good, NOTICE, "begin 2 8"]).problems).toEqual([]);
  expect(of(["begin 1 7", NOTICE, "begin 2 8"]).problems).toEqual(["2 lines were saved, 1 came back"]);
  expect(of(["begin 1 7", "out 2", NOTICE, "begin 2 8"]).problems).toEqual([
    'of what came back, line 2 is "out 2" where "out 1" belongs',
  ]);
  expect(of(["begin 1 7", "out 1", "begin 2 8"]).problems).toEqual(["no line says that the daemon ended"]);
});

test("typed lines are read once, in order, and none is missing that was promised", () => {
  const given = { confirmed: 5, unsafe: new Set([3]) };
  const by = (run: string, ...numbers: number[]) => numbers.map((number) => ({ run, number }));
  expect(misread(by("1.1", 1, 2, 4, 5), given)).toEqual({ lost: [3], problems: [] });
  expect(misread([...by("1.1", 1, 3, 2), ...by("1.2", 2, 5)], given)).toEqual({
    lost: [4],
    problems: [
      "line 2 by 1.1 was read twice, or too late",
      "line 2 by 1.2 was read twice, or too late",
      "line 4 was typed and never read: before it was read 2 by 1.2, after it 5 by 1.2",
    ],
  });
});

test("a seed's plan is always the same, and another's is another", () => {
  expect(planWorld(5, 10)).toEqual(planWorld(5, 10));
  expect(planWorld(6, 10)).not.toEqual(planWorld(5, 10));
});
