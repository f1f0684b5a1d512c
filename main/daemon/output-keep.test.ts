import { describe, expect, test } from "vitest";
import { createOutputKeep } from "./output-keep.ts";

const numbered = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255));

describe("output keep", () => {
  test.each([
    [10, 3, 500],
    [10, 10, 500],
    [10, 11, 500],
    [7, 1, 500],
    [64, 1000, 50_000],
    [20_000, 4097, 50_000],
  ])(
    "of %i bytes, filled by pieces of %i, has the head, the tail and the total",
    (keepBytes, piece, length) => {
      const whole = numbered(length);
      const half = Math.floor(keepBytes / 2);
      const keep = createOutputKeep(keepBytes);
      for (let at = 0; at < whole.length; at += piece) {
        keep.append(whole.subarray(at, at + piece));
        const total = Math.min(whole.length, at + piece);
        const tailStart = Math.max(Math.min(half, total), total - half);
        expect(keep.total).toBe(total);
        expect(keep.read(0, half)).toEqual({
          bytes: whole.subarray(0, Math.min(half, total)),
          offset: 0,
          total,
        });
        expect(keep.read(half, half).bytes.equals(whole.subarray(tailStart, total))).toBe(true);
      }
      expect(keep.read(half, half).offset).toBe(whole.length - half);
    },
  );

  test("reads on from any offset without a gap while nothing was dropped", () => {
    const whole = numbered(100);
    const keep = createOutputKeep(120);
    keep.append(whole);
    for (let offset = 0; offset <= 100; offset++) {
      const parts: Buffer[] = [];
      for (let at = offset; at < 100;) {
        const { bytes, offset: start } = keep.read(at, 9);
        expect(start).toBe(at);
        parts.push(bytes);
        at += bytes.length;
      }
      expect(Buffer.concat(parts)).toEqual(whole.subarray(offset));
    }
  });

  test("answers empty at and past the end", () => {
    const keep = createOutputKeep(10);
    expect(keep.read(0, 5)).toEqual({ bytes: Buffer.alloc(0), offset: 0, total: 0 });
    keep.append(Buffer.from("abc"));
    expect(keep.read(3, 5)).toEqual({ bytes: Buffer.alloc(0), offset: 3, total: 3 });
    expect(keep.read(99, 5)).toEqual({ bytes: Buffer.alloc(0), offset: 3, total: 3 });
    expect(keep.read(0, 0)).toEqual({ bytes: Buffer.alloc(0), offset: 0, total: 3 });
  });

  test("does not change with the buffer that it was given", () => {
    const keep = createOutputKeep(10);
    const bytes = Buffer.from("abcdefgh");
    keep.append(bytes);
    bytes.fill(0);
    expect(keep.read(0, 5).bytes.toString() + keep.read(5, 5).bytes.toString()).toBe("abcdefgh");
  });
});
