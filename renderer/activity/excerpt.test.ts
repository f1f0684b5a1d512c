import { expect, test } from "vitest";
import { beginningOf, endOf, excerptOf, lastLines, unhidden } from "./excerpt.ts";

test("the last lines, and how many come before", () => {
  expect(lastLines("a\nb\nc\n", 2)).toEqual({ text: "b\nc", before: 1 });
  expect(lastLines("a\nb", 5)).toEqual({ text: "a\nb", before: 0 });
  expect(lastLines("", 5)).toEqual({ text: "", before: 0 });
  expect(lastLines("\n\n\nx", 2)).toEqual({ text: "\nx", before: 2 });
  expect(lastLines("\nx", 1)).toEqual({ text: "x", before: 1 });
});

test("an output that is whole has nothing between", () => {
  const output = { blob: null, size: 5, head: "hello", tail: "" };
  expect(excerptOf(output)).toEqual({ head: "hello", between: 0, tail: "" });
});

test("counts in bytes what is not shown", () => {
  const output = { blob: "abc", size: 1000, head: "é", tail: "end" };
  expect(excerptOf(output)).toEqual({ head: "é", between: 995, tail: "end" });
});

test("shows the end of an output, over the seam where there is no gap", () => {
  expect(endOf({ blob: null, size: 5, head: "a\nb\nc", tail: "" }, 2)).toBe("b\nc");
  expect(endOf({ blob: "x", size: 6, head: "a\nb", tail: "c\nd" }, 2)).toBe("bc\nd");
  expect(endOf({ blob: "x", size: 600, head: "a\nb", tail: "c\nd" }, 3)).toBe("c\nd");
});

test("the beginning of what is too long", () => {
  expect(beginningOf("a\nb\nc", { lines: 2, characters: 100 })).toBe("a\nb");
  expect(beginningOf("a\nb\n", { lines: 2, characters: 100 })).toBeNull();
  expect(beginningOf("abcdef", { lines: 2, characters: 3 })).toBe("abc");
  expect(beginningOf("", { lines: 2, characters: 3 })).toBeNull();
});

test("shows what hides", () => {
  expect(unhidden("rm\u202e x\u200b\n\tok\r\u{e0041}é")).toBe(
    "rm\\u{202e} x\\u{200b}\n\tok\\u{d}\\u{e0041}é",
  );
});
