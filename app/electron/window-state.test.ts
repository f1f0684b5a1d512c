import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { placeWindow, readWindowState, writeWindowState } from "./window-state.ts";

const left = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: 0, width: 1280, height: 984 };
const saved = (x: number, y: number, width = 1000, height = 700, maximized = false) => ({
  bounds: { x, y, width, height },
  maximized,
});

test.each([
  ["the first time", null, { bounds: { width: 1440, height: 900 }, maximized: false }],
  ["where it was", saved(100, 50), { bounds: { x: 100, y: 50, width: 1000, height: 700 }, maximized: false }],
  [
    "on the second display",
    saved(2000, 10),
    { bounds: { x: 2000, y: 10, width: 1000, height: 700 }, maximized: false },
  ],
  [
    "maximized",
    saved(100, 50, 1000, 700, true),
    { bounds: { x: 100, y: 50, width: 1000, height: 700 }, maximized: true },
  ],
  [
    "partly out, with its bar in sight",
    saved(-800, 50),
    { bounds: { x: -800, y: 50, width: 1000, height: 700 }, maximized: false },
  ],
  [
    "in the middle, when its display is gone",
    saved(5000, 50),
    { bounds: { width: 1000, height: 700 }, maximized: false },
  ],
  [
    "in the middle, when its bar is above the display",
    saved(100, -300),
    { bounds: { width: 1000, height: 700 }, maximized: false },
  ],
  [
    "in the middle, when its bar is below the display",
    saved(100, 1030),
    { bounds: { width: 1000, height: 700 }, maximized: false },
  ],
  [
    "smaller, on a smaller display",
    saved(1930, 0, 3000, 2000),
    { bounds: { x: 1930, y: 0, width: 1280, height: 984 }, maximized: false },
  ],
  [
    "no smaller than the page can be",
    saved(0, 0, 200, 10),
    { bounds: { x: 0, y: 0, width: 400, height: 480 }, maximized: false },
  ],
])("the window opens %s", (_where, state, placement) => {
  expect(placeWindow(state, [left, right])).toEqual(placement);
});

test("it opens at all where no display is known", () => {
  expect(placeWindow(null, [])).toEqual({ bounds: { width: 1440, height: 900 }, maximized: false });
});

test("it remembers, and forgets what makes no sense", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "window.json");
  expect(readWindowState(file)).toBeNull();
  writeWindowState(file, saved(1, 2));
  expect(readWindowState(file)).toEqual(saved(1, 2));
  expect(await readdir(dir.path)).toEqual(["window.json"]);
  for (const damaged of [
    "",
    "{",
    '{"bounds":{"x":1e400,"y":0,"width":1,"height":1},"maximized":false}',
    "null",
  ]) {
    await writeFile(file, damaged);
    expect(readWindowState(file)).toBeNull();
  }
});

test("a folder that can't be written to is no reason to fail", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "window.json");
  await mkdir(file);
  writeWindowState(file, saved(1, 2));
  expect(readWindowState(file)).toBeNull();
});
