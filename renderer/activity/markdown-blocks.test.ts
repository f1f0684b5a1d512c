import { expect, test } from "vitest";
import { markdownBlocks, unclosedCode } from "./markdown-blocks.ts";

test("cuts at blank lines", () => {
  expect(markdownBlocks("a\nb\n\nc")).toEqual(["a\nb\n\n", "c"]);
  expect(markdownBlocks("")).toEqual([]);
});

test("a fence is one block, also while it is open, also with blank lines and other marks in it", () => {
  const fenced = "```ts\na\n\n~~~\n\nb\n```\n";
  expect(markdownBlocks(`${fenced}\nafter`)).toEqual([`${fenced}\n`, "after"]);
  expect(markdownBlocks("````\n```\n\nx")).toEqual(["````\n```\n\nx"]);
});

test("a list with blank lines between its entries stays one", () => {
  expect(markdownBlocks("1. a\n\n2. b\n\n   more\n\nend")).toEqual(["1. a\n\n2. b\n\n   more\n\n", "end"]);
});

test("joined, the blocks are the text", () => {
  const text = "# A\n\n\n- x\n\n- y\n\n```\nq\n\n```\n\n> z\n\n";
  expect(markdownBlocks(text).join("")).toBe(text);
});

test("the code of a fence that is still open", () => {
  expect(unclosedCode("```ts\nconst a;\n\n``\n~~~\n")).toBe("const a;\n\n``\n~~~\n");
  expect(unclosedCode("```")).toBe("");
  expect(unclosedCode("```ts\nconst a;\n```\n")).toBeNull();
  expect(unclosedCode("text\n```ts\nconst a;")).toBeNull();
});
