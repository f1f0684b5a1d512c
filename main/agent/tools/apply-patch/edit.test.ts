import { expect, test } from "vitest";
import { applyHunks } from "./edit.ts";
import { parsePatch } from "./parse.ts";

function edit(text: string, ...lines: string[]) {
  const parsed = parsePatch(["*** Begin Patch", "*** Update File: f", ...lines, "*** End Patch"].join("\n"));
  const file = parsed.ok ? parsed.files[0] : undefined;
  if (file?.action !== "update") throw new Error("not an update");
  return applyHunks(text, file.hunks);
}

test.each<[string, string, string[], string]>([
  ["a line", "a\nb\nc\n", ["@@", " a", "-b", "+B"], "a\nB\nc\n"],
  ["two places in order", "a\nb\na\nb\n", ["@@", "-a", "+1", "@@", "-a", "+2"], "1\nb\n2\nb\n"],
  [
    "behind an anchor",
    "f() {\n x\n}\ng() {\n x\n}\n",
    ["@@ g() {", "- x", "+ y"],
    "f() {\n x\n}\ng() {\n y\n}\n",
  ],
  ["the anchor itself", "a\nb\n", ["@@ a", "-a", "+A"], "A\nb\n"],
  ["nested anchors", "A\nm\nx\nB\nm\nx\n", ["@@ B", "@@ m", "-x", "+y"], "A\nm\nx\nB\nm\ny\n"],
  ["an addition behind an anchor", "a\nb\n", ["@@ a", "+new"], "a\nnew\nb\n"],
  ["an addition at the end", "a\nb\n", ["@@", "+new"], "a\nb\nnew\n"],
  ["at the end of the file", "x\nx\n", ["@@", "-x", "+y", "*** End of File"], "x\ny\n"],
  ["other space at line ends", "a  \nb\t\nc\n", ["@@", " a", "-b", "+B"], "a  \nB\nc\n"],
  ["Windows line ends", "a\r\nb\r\nc\r\n", ["@@", " a", "-b", "+B", "+D"], "a\r\nB\r\nD\r\nc\r\n"],
  ["no newline at the end", "a\nb", ["@@", "-b", "+B"], "a\nB"],
  ["a mark of byte order", "\ufeffa\nb\n", ["@@", "-a", "+A"], "\ufeffA\nb\n"],
  ["an empty file", "", ["@@", "+a"], "a\n"],
  ["all of it", "a\n", ["@@", "-a"], ""],
])("%s", (_name, before, lines, after) => {
  expect(edit(before, ...lines)).toMatchObject({ ok: true, text: after });
});

test.each<[string, string, string[], string]>([
  [
    "no such line",
    "a\nb\n",
    ["@@", "-x", "+y"],
    "hunk 1: its first line `x` is not in the file after line 0. Read the file",
  ],
  [
    "one line differs",
    "a\nb\nc\n",
    ["@@", " a", " b", "-X", "+y"],
    "hunk 1: its first 2 lines match at line 1, then the patch has `X` where the file has `c` (line 3)",
  ],
  ["past the end", "a\n", ["@@", " a", "-b"], "then the patch has `b` where the file ends there"],
  ["no anchor", "a\n", ["@@ class Z", "-a"], "hunk 1: no line `class Z` after line 0"],
  ["not at the end", "a\nb\n", ["@@", "-a", "*** End of File"], "its lines are at line 1, not at the end"],
  [
    "not after the one before",
    "a\nb\n",
    ["@@", "-b", "@@", "-a"],
    "hunk 2: its first line `a` is not in the file after line 2",
  ],
  ["other indentation", "  a\n", ["@@", "-a", "+b"], "its first line `a` is not in the file"],
])("%s: says where it came nearest", (_name, before, lines, message) => {
  expect(edit(before, ...lines)).toEqual({ ok: false, message: expect.stringContaining(message) });
});
