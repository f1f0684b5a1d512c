import { expect, test } from "vitest";
import { keysWords, pressed } from "./keys.ts";
import type { Pressed } from "./keys.ts";

const key = (more: Partial<Pressed>): Pressed => ({
  key: "k",
  code: "KeyK",
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});

test("keys are written as the keyboard has them", () => {
  expect([
    keysWords("mod+k", "Ctrl"),
    keysWords("mod+k", "⌘"),
    keysWords("mod+shift+.", "Ctrl"),
    keysWords("mod+shift+.", "⌘"),
    keysWords("f2", "Ctrl"),
  ]).toEqual(["Ctrl+K", "⌘K", "Ctrl+Shift+.", "⇧⌘.", "F2"]);
});

test.each<[string, Partial<Pressed>, boolean]>([
  ["with Ctrl", { ctrlKey: true }, true],
  ["a bare letter", {}, false],
  ["with Alt too", { ctrlKey: true, altKey: true }, false],
  ["with Shift too", { ctrlKey: true, shiftKey: true, key: "K" }, false],
  ["with the other system's key", { metaKey: true }, false],
])("mod+k %s", (_, event, is) => {
  expect(pressed("mod+k", key(event), false, "Ctrl")).toBe(is);
});

test("a shell keeps its Ctrl keys, and Ctrl+Shift leads out of it", () => {
  expect([
    pressed("mod+k", key({ ctrlKey: true }), true, "Ctrl"),
    pressed("mod+k", key({ ctrlKey: true, shiftKey: true, key: "K" }), true, "Ctrl"),
    pressed("mod+k", key({ metaKey: true }), true, "⌘"),
    pressed("f2", key({ key: "F2", code: "F2" }), true, "Ctrl"),
  ]).toEqual([false, true, true, false]);
});

test("a letter of another script is the one in its place", () => {
  const event = key({ ctrlKey: true, key: "л" });
  expect([pressed("mod+k", event, false, "Ctrl"), pressed("mod+j", event, false, "Ctrl")]).toEqual([
    true,
    false,
  ]);
});

test("a key that Shift changes goes by its place", () => {
  const event = key({ ctrlKey: true, shiftKey: true, key: ":", code: "Period" });
  expect([pressed("mod+shift+.", event, false, "Ctrl"), pressed("mod+.", event, false, "Ctrl")]).toEqual([
    true,
    false,
  ]);
});
