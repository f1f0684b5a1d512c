import { expect, test } from "vitest";
import { createInputQueue } from "./input-queue.ts";

test("keys come out in the order in which they went in, once", () => {
  const queue = createInputQueue();
  expect([queue.add("l"), queue.add("s"), queue.add("\r"), queue.size]).toEqual([true, true, true, 3]);
  expect([queue.take(), queue.take(), queue.size]).toEqual(["ls\r", "", 0]);
});

test("what does not fit is not kept, nor anything behind it: half a command is worse than none of it", () => {
  const queue = createInputQueue(4);
  expect(["abc", "de", "f"].map((data) => queue.add(data))).toEqual([true, false, false]);
  expect(queue.take()).toBe("abc");
  expect(queue.add("abcd")).toBe(true);
});
