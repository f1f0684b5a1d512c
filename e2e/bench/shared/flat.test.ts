import { expect, test } from "vitest";
import { lateGrowth, mustBeFlat } from "./flat.ts";

const MB = 1_000_000;
const BOUNDS = { before: 100 * MB, above: 250 * MB, late: 64 * MB };
/** What a process has while a flood of 1 GB goes by: it fills its buffers, and swings. */
const flooded = (leaked: number): number[] =>
  Array.from(
    { length: 200 },
    (_, n) => 100 * MB + Math.min(n, 20) * 5 * MB + (n % 7) * 3 * MB + (n / 200) * leaked * 1000 * MB,
  );

test("what fills its buffers and swings is flat", () => {
  expect(mustBeFlat("daemon", { ...BOUNDS, samples: flooded(0) })).toBe(
    "the daemon had 100.0 MB, at most 118.0 MB more (250.0 MB are allowed), " +
      "and 0.0 MB more at the end than in the middle (64.0 MB are allowed)",
  );
});

test.each([0.15, 0.3])("a leak of %d bytes for each byte is not", (leaked) => {
  expect(() => mustBeFlat("daemon", { ...BOUNDS, samples: flooded(leaked) })).toThrow("did not stay flat");
});

test("a leak is not flat where it takes less than buffers may, either", () => {
  expect(() => mustBeFlat("daemon", { ...BOUNDS, above: Infinity, samples: flooded(0.3) })).toThrow(
    /^memory did not stay flat: .* and 1\d\d\.\d MB more at the end/,
  );
});

test("neither is what takes too much and gives it back", () => {
  const samples = flooded(0).with(60, 400 * MB);
  expect(() => mustBeFlat("host", { ...BOUNDS, samples })).toThrow("at most 300.0 MB more");
});

test("nor what was not measured", () => {
  expect(() => mustBeFlat("page", { ...BOUNDS, samples: [] })).toThrow("did not stay flat");
  expect(() => mustBeFlat("page", { ...BOUNDS, samples: [100 * MB, Number.NaN] })).toThrow(
    "did not stay flat",
  );
});

test("few samples are compared, too", () => {
  expect([lateGrowth([1]), lateGrowth([1, 5]), lateGrowth([1, 2, 4]), lateGrowth([9, 1, 2, 4, 8])]).toEqual([
    0, 4, 2, 6,
  ]);
});
