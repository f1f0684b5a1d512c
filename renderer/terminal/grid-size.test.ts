import { expect, test } from "vitest";
import { terminalWish } from "#shared/terminal/protocol.ts";
import { gridFor, trackGridSize } from "./grid-size.ts";

const large = { cols: 120, rows: 40 };
const small = { cols: 60, rows: 20 };
const first = { cols: 80, rows: 24 };

/** A page that is shown a terminal, and has made it `large`. */
function fitted() {
  const size = trackGridSize();
  size.screen(first);
  expect([size.isOurs, size.fitted(large), size.fitted(large)]).toEqual([true, true, false]);
  return size;
}

test("what another page chose stays, screens too, until somebody is here", () => {
  const size = fitted();
  size.told(small);
  size.screen(small);
  expect(size.isOurs).toBe(false);
  size.claim();
  expect([size.isOurs, size.fitted(large)]).toEqual([true, true]);
});

test("a screen that was made before the host had the size leaves the choice here, and the host is told again", () => {
  const size = fitted();
  size.screen(first);
  expect([size.isOurs, size.fitted(large)]).toEqual([true, true]);
  // Said behind such a screen.
  size.told(large);
  expect(size.isOurs).toBe(true);
});

test("after a lost connection another size than this page's is another's choice, but not one that was before", () => {
  const afterLost = (grid: typeof first) => {
    const size = fitted();
    size.lost();
    size.screen(grid);
    return size.isOurs;
  };
  expect([large, first, small].map(afterLost)).toEqual([true, true, false]);
});

test("a page that has no screen yet has the choice, whatever was lost", () => {
  const size = trackGridSize();
  size.fitted(large);
  size.lost();
  size.screen(first);
  expect(size.isOurs).toBe(true);
});

test("a container that is very flat or wide gives a grid that the host takes; one that is not laid out gives none", () => {
  const grids = [gridFor({ cols: 2, rows: 1 }), gridFor({ cols: 1200, rows: 40 })];
  expect(grids).toEqual([
    { cols: 2, rows: 2 },
    { cols: 1000, rows: 40 },
  ]);
  for (const grid of grids) terminalWish.parse({ type: "resize", ...grid });
  expect([gridFor(undefined), gridFor({ cols: Number.NaN, rows: 1 })]).toEqual([null, null]);
});
