import { expect, test } from "vitest";
import { latinKey } from "./latin-key.ts";

test("a letter of another script is the Latin one beside it; all else is what it gives", () => {
  const keys = [
    { key: "н", code: "KeyY", shiftKey: false },
    { key: "С", code: "KeyC", shiftKey: true },
    { key: "ש", code: "KeyA", shiftKey: false },
    { key: "y", code: "KeyT", shiftKey: false },
    { key: "C", code: "KeyI", shiftKey: true },
    { key: "ö", code: "Semicolon", shiftKey: false },
    { key: "Enter", code: "Enter", shiftKey: false },
  ];
  expect(keys.map(latinKey)).toEqual(["y", "C", "a", "y", "C", "ö", "Enter"]);
});
