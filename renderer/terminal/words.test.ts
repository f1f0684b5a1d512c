import { expect, test } from "vitest";
import { exitWords } from "./exit-words.ts";
import { shownTitle } from "./titles.ts";

test("an exit is said in words", () => {
  expect([0, 1, 130, 137, 250].map(exitWords)).toEqual([
    "The shell ended with exit code 0.",
    "The shell ended with exit code 1.",
    "The shell ended with exit code 130: Ctrl+C (SIGINT).",
    "The shell ended with exit code 137: SIGKILL.",
    "The shell ended with exit code 250.",
  ]);
});

test("a title that a program chose can't hide, reverse or overflow", () => {
  expect(shownTitle(" vim\u202e gpj.exe\x07\n ")).toBe("vim gpj.exe");
  expect(shownTitle("👩".repeat(500))).toBe(`${"👩".repeat(79)}…`);
});
