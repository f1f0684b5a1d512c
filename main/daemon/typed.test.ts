import { expect, test } from "vitest";
import { failureOf } from "#shared/kernel/failure.ts";
import { type Typed, createTyped } from "./typed.ts";

const take = (typed: Typed, text: string, offset: number, writer = "writer-1"): string =>
  Buffer.from(typed.take(Buffer.from(text), { writer, offset })).toString();

test("what was taken is not taken again, however it is cut", () => {
  const typed = createTyped();
  expect(typed.taken("writer-1")).toBe(0);
  expect([take(typed, "abc", 0), take(typed, "abc", 0), take(typed, "bcde", 1), take(typed, "", 5)]).toEqual([
    "abc",
    "",
    "de",
    "",
  ]);
  expect(take(typed, "cd", 2)).toBe("");
  expect(typed.taken("writer-1")).toBe(5);
});

test("writers are apart, and one that is not known begins anywhere", () => {
  const typed = createTyped();
  expect(take(typed, "a", 0)).toBe("a");
  expect(take(typed, "b", 100, "writer-2")).toBe("b");
  expect([typed.taken("writer-1"), typed.taken("writer-2")]).toEqual([1, 101]);
});

test("with a gap before it nothing is taken", () => {
  const typed = createTyped();
  take(typed, "a", 0);
  const code = (() => {
    try {
      return take(typed, "c", 2);
    } catch (error) {
      return failureOf(error)?.code;
    }
  })();
  expect([code, typed.taken("writer-1")]).toEqual(["input_gap", 1]);
});

test("the one who typed longest ago is forgotten first", () => {
  const typed = createTyped();
  for (let n = 0; n < 256; n++) take(typed, "x", 0, `writer-${n}`);
  take(typed, "y", 1, "writer-0");
  take(typed, "x", 0, "another");
  expect([typed.taken("writer-0"), typed.taken("writer-1"), typed.taken("writer-2")]).toEqual([2, 0, 1]);
});
