import { expect, test } from "vitest";
import { parsePatch } from "./parse.ts";

const patch = (...lines: string[]): string => ["*** Begin Patch", ...lines, "*** End Patch"].join("\n");

test("all kinds of changes", () => {
  const text = patch(
    "*** Add File: a b/ü.txt",
    "+one",
    "+",
    "*** Update File: c.ts",
    "*** Move to: d.ts",
    "@@ class A",
    "@@   method()",
    " kept",
    "-old",
    "+new",
    "",
    "@@",
    "+last",
    "*** End of File",
    "*** Delete File: e",
  );
  expect(parsePatch(text)).toEqual({
    ok: true,
    files: [
      { action: "add", path: "a b/ü.txt", lines: ["one", ""] },
      {
        action: "update",
        path: "c.ts",
        to: "d.ts",
        hunks: [
          {
            anchors: ["class A", "method()"],
            lines: [
              { kind: "keep", text: "kept" },
              { kind: "remove", text: "old" },
              { kind: "add", text: "new" },
              { kind: "keep", text: "" },
            ],
            atEnd: false,
          },
          { anchors: [], lines: [{ kind: "add", text: "last" }], atEnd: true },
        ],
      },
      { action: "delete", path: "e" },
    ],
  });
});

test("the first hunk may come without its header, and lines may end with CR LF", () => {
  const text = patch("*** Update File: a", "-x", "+y").replaceAll("\n", "\r\n");
  expect(parsePatch(`\n${text}\n`)).toMatchObject({
    files: [
      {
        hunks: [
          {
            lines: [
              { kind: "remove", text: "x" },
              { kind: "add", text: "y" },
            ],
          },
        ],
      },
    ],
  });
});

test.each<[string, string, string]>([
  ["nothing", "", "the first line must be"],
  ["no end", "*** Begin Patch\n*** Delete File: a", "the last line must be `*** End Patch`"],
  ["a unified diff", "--- a\n+++ b\n@@ -1 +1 @@", "the first line must be"],
  [
    "a patch in a shell line",
    `apply_patch <<EOF\n${patch("*** Delete File: a")}\nEOF`,
    "the first line must be",
  ],
  ["no files", patch(), "has no files"],
  ["words between", patch("hello"), "line 2 of the patch: expected `*** Add File: PATH`"],
  ["a path of nothing", patch("*** Delete File:  "), "line 2 of the patch"],
  ["an update of nothing", patch("*** Update File: a"), "has no hunks"],
  [
    "a bare line in a hunk",
    patch("*** Update File: a", "@@", "oops"),
    "line 4 of the patch: a line of a hunk must begin",
  ],
  [
    "a bare line in a new file",
    patch("*** Add File: a", "+x", "oops"),
    "line 4 of the patch: each line of a new file",
  ],
  ["a header without lines", patch("*** Update File: a", "@@ x"), "a hunk without lines"],
])("%s is refused, and says where", (_name, text, message) => {
  expect(parsePatch(text)).toEqual({ ok: false, message: expect.stringContaining(message) });
});
