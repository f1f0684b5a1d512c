import { expect, test } from "vitest";
import type { DiffFile, SessionDiff } from "#shared/git/diff.ts";
import { shownFiles } from "./shown-files.ts";

const file = (path: string, more: Partial<DiffFile> = {}): DiffFile => ({
  path,
  status: "modified",
  added: 1,
  removed: 1,
  binary: false,
  ...more,
});
const diff = (files: DiffFile[]): SessionDiff => ({
  base: "9f2c41d0",
  files,
  total: { files: files.length, added: 0, removed: 0 },
  nested: [],
  skipped: [],
});
const lines = (path: string): string =>
  `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-x\n+y\n`;
const head = (path: string, more: string): string => `diff --git a/${path} b/${path}\n${more}\n`;

test("each file has its lines, or says in words why not", () => {
  const files = [
    file("a.ts"),
    file("logo.png", { binary: true }),
    file("moved.ts", { status: "renamed", oldPath: "was.ts" }),
    file("run.sh"),
    file("empty", { status: "added" }),
  ];
  const patch = [
    lines("a.ts"),
    head("logo.png", "Binary files a/logo.png and b/logo.png differ"),
    "diff --git a/was.ts b/moved.ts\nsimilarity index 100%\nrename from was.ts\nrename to moved.ts\n",
    head("run.sh", "old mode 100644\nnew mode 100755"),
    head("empty", "new file mode 100644\nindex 0000000..e69de29"),
  ].join("");
  expect(
    shownFiles(diff(files), { text: patch, truncated: false }).map(({ id, note }) => [id, note]),
  ).toEqual([
    ["a.ts", null],
    ["logo.png", "Binary file: it has no lines to show."],
    ["moved.ts", "Same content as before."],
    ["run.sh", "Only its permissions changed."],
    ["empty", "An empty file."],
  ]);
});

test("a cut patch: the last file is not whole, and those behind it are named without lines", () => {
  const shown = shownFiles(diff([file("a"), file("b"), file("c")]), {
    text: lines("a") + lines("b"),
    truncated: true,
  });
  expect(shown.map(({ id, text, note }) => [id, text === null, note])).toEqual([
    ["a", false, null],
    ["b", false, "Only its beginning is shown: the whole diff is too long to load at once."],
    ["c", true, "Not shown: the whole diff is too long to load at once."],
  ]);
});

test("a file that became a link is two pieces of one path", () => {
  const patch = head("x", "deleted file mode 100644") + head("x", "new file mode 120000");
  const shown = shownFiles(diff([file("x", { status: "type_changed" })]), { text: patch, truncated: false });
  expect(shown.map(({ id }) => id)).toEqual(["x", "x#2"]);
});

test("no patch at all: the files are there", () => {
  expect(shownFiles(diff([file("a")]), null).map(({ id, text }) => [id, text])).toEqual([["a", null]]);
});

test("a line of a megabyte is its beginning and how much more there is; other lines are as they are", () => {
  const head = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n";
  const long = "ü".repeat(5000);
  const text = `${head} same\n-short\n+${long}\n`;
  const [shown] = shownFiles(diff([file("x")]), { text, truncated: false });
  expect(shown).toMatchObject({
    text: `${head} same\n-short\n+${"ü".repeat(1999)}… and 3001 more\n`,
    note: "Its long lines are cut.",
  });
});
