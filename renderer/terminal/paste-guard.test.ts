import { expect, test } from "vitest";
import { pasteWarning, withoutControls } from "./paste-guard.ts";

test("up to three lines of text go in without a word, whatever ends them", () => {
  const quiet = ["", "npm test", "npm test\n", "a\nb\nc\n", "a\r\nb\r\nc", "tab\there", "日本 👩‍💻"];
  expect(quiet.map(pasteWarning)).toEqual(quiet.map(() => null));
});

test("a fourth line is asked about", () => {
  expect(pasteWarning("a\nb\r\nc\rd\n")).toEqual({ lines: 4, controls: 0, preview: "a\nb\nc\nd\n" });
});

test("control characters are counted, shown and left out", () => {
  const text = "ls\x1b[201~\x03\x9b\x7f";
  expect(pasteWarning(text)).toEqual({ lines: 1, controls: 4, preview: "ls␛[201~␃\\x9b␡" });
  expect(withoutControls(text)).toBe("ls[201~");
});

test("the preview of a huge paste is cut", () => {
  const warning = pasteWarning("x\n".repeat(1_000_000));
  expect([warning?.lines, warning?.preview.length]).toEqual([1_000_000, 4001]);
});
