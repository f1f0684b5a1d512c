import { expect, test } from "vitest";
import {
  activeOf,
  bordersIn,
  EMPTY,
  latestIn,
  placesIn,
  tabWith,
  withBorder,
  withClosed,
  withListed,
  withOpened,
  withUsed,
} from "./splits.ts";
import type { Split } from "./splits.ts";

/** Three terminals in one tab: a beside b, and c below b. A fourth in a tab of its own. */
const opened = () => {
  let all = withOpened(EMPTY, "a", null);
  all = withOpened(all, "b", { beside: "a", direction: "row" });
  all = withOpened(all, "c", { beside: "b", direction: "column" });
  return withOpened(all, "d", null);
};

test("a split divides the room of the one that it was asked for", () => {
  const [tab] = opened().tabs;
  expect(tab).toEqual({ direction: "row", parts: ["a", { direction: "column", parts: ["b", "c"] }] });
  expect(placesIn(tab!)).toEqual([
    { terminal: "a", left: 0, top: 0, width: 0.5, height: 1 },
    { terminal: "b", left: 0.5, top: 0, width: 0.5, height: 0.5 },
    { terminal: "c", left: 0.5, top: 0.5, width: 0.5, height: 0.5 },
  ]);
});

test("several in the same direction are even", () => {
  const all = withOpened(
    withOpened(withOpened(EMPTY, "a", null), "b", { beside: "a", direction: "row" }),
    "c",
    {
      beside: "a",
      direction: "row",
    },
  );
  expect(all.tabs).toEqual([{ direction: "row", parts: ["a", "c", "b"] }]);
});

test("closing gives the room to the rest, and the keys to the one before", () => {
  const all = withClosed(withUsed(withUsed(opened(), "a"), "c"), "c");
  expect(all).toEqual({ tabs: [{ direction: "row", parts: ["a", "b"] }, "d"], used: ["b", "d", "a"] });
  expect(activeOf(all)).toBe("a");
  expect(withClosed(withClosed(all, "a"), "b").tabs).toEqual(["d"]);
});

test("only the host's terminals are shown, and all of them", () => {
  expect(withListed(opened(), ["x", "c", "a"])).toEqual({
    tabs: [{ direction: "row", parts: ["a", "c"] }, "x"],
    used: ["a", "c"],
  });
  expect(withListed(opened(), [])).toEqual(EMPTY);
});

test("a tab opens where it was left", () => {
  const all = withUsed(withUsed(opened(), "b"), "d");
  expect([latestIn(all.tabs[0]!, all), tabWith(all, "d"), tabWith(all, "gone"), activeOf(EMPTY)]).toEqual([
    "b",
    "d",
    null,
    null,
  ]);
});

test("beside one that was closed meanwhile: a tab of its own", () => {
  expect(withOpened(EMPTY, "a", { beside: "gone", direction: "row" }).tabs).toEqual(["a"]);
});

test("a border is moved between its two neighbours alone, within bounds, and goes when its terminal does", () => {
  const tab: Split = { direction: "row", parts: ["a", { direction: "column", parts: ["b", "c"] }, "d"] };
  expect(bordersIn(tab).map(({ path, value, between }) => [path.join(), value, between.join()])).toEqual([
    ["0", 0.5, "a,b"],
    ["1", 0.5, "b,d"],
    ["1,0", 0.5, "b,c"],
  ]);
  const moved = withBorder(withBorder(tab, [0], 0.25), [1, 0], 2);
  const places = placesIn(moved).map(({ terminal, left, top, width, height }) =>
    [terminal, ...[left, top, width, height].map((each) => Math.round(each * 60))].join(" "),
  );
  expect(places).toEqual(["a 0 0 10 60", "b 10 0 30 54", "c 10 54 30 6", "d 40 0 20 60"]);
  const at = { tabs: [moved], used: ["a"] };
  const closed = withClosed(at, "c");
  expect(closed.tabs.map((each) => placesIn(each).map(({ width }) => Math.round(width * 60)))).toEqual([
    [10, 30, 20],
  ]);
  expect(placesIn(withClosed(at, "d").tabs[0] ?? "").map(({ width }) => width)).toEqual([0.5, 0.5, 0.5]);
  expect(withBorder("a", [0], 0.3)).toBe("a");
  expect(withBorder(tab, [7, 1], 0.3)).toBe(tab);
});
