import { expect, test } from "vitest";
import { terminalKey } from "./keys.ts";

const press = (key: string, modifiers = "", code = "") => ({
  key,
  code,
  ctrlKey: modifiers.includes("C"),
  metaKey: modifiers.includes("M"),
  shiftKey: modifiers.includes("S"),
  altKey: modifiers.includes("A"),
});

test("the terminal takes nearly everything, the app a few, the pane its own", () => {
  const expected = [
    [press("a"), "terminal"],
    [press("Escape"), "terminal"],
    [press("Tab"), "terminal"],
    [press("c", "C"), "terminal"],
    [press("v", "C"), "terminal"],
    [press("k", "A"), "terminal"],
    [press("k", "CA"), "terminal"],
    [press("ArrowUp", "S"), "terminal"],
    [press("k", "C"), "terminal"],
    [press("k", "M"), "app"],
    [press("K", "CS"), "app"],
    [press("c", "M"), "app"],
    [press("N", "CS"), "app"],
    [press("V", "CS"), "app"],
    [press("f", "C"), "find"],
    [press("f", "M"), "find"],
    [press("C", "CS"), "copy"],
    [press("ArrowUp", "CS"), "leave"],
    [press("+", "CS"), "larger"],
    [press("_", "CS"), "smaller"],
    [press("A", "CS"), "select-all"],
    [press("E", "CS"), "split-beside"],
    [press("O", "CS"), "split-below"],
    [press("ArrowRight", "CS"), "next-split"],
    [press("ArrowLeft", "CS"), "previous-split"],
    [press("ArrowUp", "C"), "previous-command"],
    [press("ArrowDown", "M"), "next-command"],
    [press("ArrowLeft", "C"), "terminal"],
    [press("С", "CS", "KeyC"), "copy"],
    [press("φ", "C", "KeyF"), "find"],
    [press("с", "C", "KeyC"), "terminal"],
  ] as const;
  expect(expected.map(([event]) => terminalKey(event))).toEqual(expected.map(([, key]) => key));
});
