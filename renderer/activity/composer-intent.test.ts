import { expect, test } from "vitest";
import { afterSent, intentOf, withBack } from "./composer-intent.ts";
import type { Keys, Phase } from "./composer-intent.ts";

const press = (key: string, more: Partial<Keys> = {}): Keys => ({
  key,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  composing: false,
  ...more,
});
const at = (phase: Phase, more: { empty?: boolean; armed?: boolean } = {}) => ({
  phase,
  empty: false,
  armed: false,
  ...more,
});

test.each([
  ["Enter steers", press("Enter"), at("running"), "steer"],
  ["Alt+Enter queues", press("Enter", { altKey: true }), at("running"), "queue"],
  ["Ctrl+Enter asks aside", press("Enter", { ctrlKey: true }), at("running"), "aside"],
  ["⌘+Enter asks aside", press("Enter", { metaKey: true }), at("rests"), "aside"],
  ["Shift+Enter is a new line", press("Enter", { shiftKey: true }), at("running"), null],
  ["Enter of an input method is its own", press("Enter", { composing: true }), at("running"), null],
  ["Escape of an input method is its own", press("Escape", { composing: true }), at("running"), null],
  ["nothing is nothing to send", press("Enter"), at("running", { empty: true }), null],
  ["Enter on nothing continues what was cut off", press("Enter"), at("cutOff", { empty: true }), "continue"],
  ["Alt+Enter on nothing does not", press("Enter", { altKey: true }), at("cutOff", { empty: true }), null],
  ["a message to a session that was cut off", press("Enter"), at("cutOff"), "steer"],
  ["nothing reaches an archived session", press("Enter"), at("archived"), null],
  ["the first Escape asks again", press("Escape"), at("running"), "arm-stop"],
  ["the second stops", press("Escape"), at("running", { armed: true }), "stop"],
  ["Escape where nothing runs", press("Escape"), at("rests"), null],
  ["letters are letters", press("y"), at("asks"), null],
] as const)("%s", (_, keys, state, intent) => {
  expect(intentOf(keys, state)).toBe(intent);
});

test("what was written while a message was under way stays", () => {
  expect(afterSent("do it", "do it")).toBe("");
  expect(afterSent("do it\nand more", "do it")).toBe("and more");
  expect(afterSent("another", "do it")).toBe("another");
});

test("what did not get through comes back before what was written since", () => {
  expect(withBack("", "why?")).toBe("why?");
  expect(withBack("why?", "why?")).toBe("why?");
  expect(withBack("next", "why?")).toBe("why?\n\nnext");
});
