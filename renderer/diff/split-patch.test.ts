import { expect, test } from "vitest";
import { splitPatch } from "./split-patch.ts";

const paths = (patch: string): string[] => splitPatch(patch).map(({ path }) => path);

test("an empty patch has no sections, and nothing of a patch is lost", () => {
  const patch =
    "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+diff --git a/z b/z\ndiff --git a/b b/b\n";
  expect(splitPatch("")).toEqual([]);
  expect(
    splitPatch(patch)
      .map(({ text }) => text)
      .join(""),
  ).toBe(patch);
  expect(paths(patch)).toEqual(["a", "b"]);
});

test("the path is the one after the change, however git writes it", () => {
  expect(
    paths(
      [
        "diff --git a/old name b/new name\nsimilarity index 100%\nrename from old name\nrename to new name\n",
        "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n",
        "diff --git a/a b/c b/a b/c\nindex 1..2 100644\n--- a/a b/c\t\n+++ b/a b/c\t\n@@ -1 +1 @@\n-x\n+y\n",
        "diff --git a/pic b/ture.png b/pic b/ture.png\nindex 1..2 100644\nBinary files differ\n",
        'diff --git "a/t\\303\\244st\\t\\"x\\"" "b/t\\303\\244st\\t\\"x\\""\nold mode 100644\nnew mode 100755\n',
        'diff --git "a/\\\\n" "b/\\\\n"\n--- "a/\\\\n"\n+++ "b/\\\\n"\n@@ -1 +1 @@\n-x\n+y\n',
      ].join(""),
    ),
  ).toEqual(["new name", "gone", "a b/c", "pic b/ture.png", 'täst\t"x"', "\\n"]);
});

test("what is no header does not throw", () => {
  expect(paths("garbage\n")).toEqual([]);
  expect(paths("diff --git \n")).toEqual([""]);
});
