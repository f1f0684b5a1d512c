import { expect, test } from "vitest";
import { filesIn } from "./file-links.ts";

const root = "/w/tree";
const linked = (text: string, paths: readonly string[], cwd: string | null = root): string[] =>
  filesIn(text, paths, { root, cwd }).map(({ path, start, end }) => `${path}: ${text.slice(start, end)}`);

test("a name in the diff is found from the folder or by its whole path, with its line and column", () => {
  const text = "at run (src/a.ts:10:5), ./src/a.ts:7: error; /w/tree/src/a.ts. src/a.ts";
  expect(linked(text, ["src/a.ts", "src/b.ts"])).toEqual([
    "src/a.ts: /w/tree/src/a.ts",
    "src/a.ts: src/a.ts:10:5",
    "src/a.ts: ./src/a.ts:7",
    "src/a.ts: src/a.ts",
  ]);
  expect(linked("a.ts:3 ../b.ts src/a.ts", ["src/a.ts", "b.ts"], "/w/tree/src")).toEqual([
    "b.ts: ../b.ts",
    "src/a.ts: a.ts:3",
  ]);
  expect(linked("a.ts", ["a.ts"], null)).toEqual(["a.ts: a.ts"]);
});

test("nothing else is: not a part of another name, not from another folder", () => {
  const others = "lib/a.ts a.tsx a.ts.bak xa.ts a.ts/b ~a.ts ../a.ts /w/tree2/a.ts éa.ts a.ts-old /a.ts";
  expect(linked(others, ["a.ts", ""])).toEqual([]);
  expect(linked("a.ts /w/tree/a.ts", ["a.ts"], "/elsewhere")).toEqual(["a.ts: /w/tree/a.ts"]);
  expect(linked("a.ts", ["a.ts"], "/w/tree2")).toEqual([]);
});

test("names that are hard: blanks, wide characters, another name in them, a lot of text", () => {
  const paths = ["my notes.md", "notes.md", "日本/語.txt", "<b>.html", "$(rm -rf ~)", "a\nb"];
  expect(linked("my notes.md; notes.md 日本/語.txt:2 '<b>.html' $(rm -rf ~) a b", paths)).toEqual([
    "my notes.md: my notes.md",
    "$(rm -rf ~): $(rm -rf ~)",
    "日本/語.txt: 日本/語.txt:2",
    "notes.md: notes.md",
    "<b>.html: <b>.html",
  ]);
  expect(linked(`${" ".repeat(1_000_000)}a.ts`, ["a.ts"])).toEqual([]);
});
