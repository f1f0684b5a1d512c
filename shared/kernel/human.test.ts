import { expect, test } from "vitest";
import { byteSize, cost, duration, plural, tokens } from "./human.ts";

test.each([
  [0, "0.0 s"],
  [400, "0.4 s"],
  [949, "0.9 s"],
  [950, "1 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [185_000, "3 min 5 s"],
  [3_600_000, "1 h"],
  [7_440_000, "2 h 4 min"],
])("%d ms is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [812, "812 B"],
  [4200, "4.2 kB"],
  [999_960, "1.0 MB"],
  [1e9, "1.0 GB"],
])("%d bytes are %s", (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});

test("tokens and costs are short, and an unknown price is not zero", () => {
  expect([tokens(950), tokens(12_345), tokens(999_499), tokens(1_300_000)]).toEqual([
    "950 tok",
    "12k tok",
    "999k tok",
    "1.3M tok",
  ]);
  expect([cost(null), cost(0), cost(0.0042), cost(0.42)]).toEqual(["", "$0.00", "$0.0042", "$0.42"]);
});

test("one thing is told from several", () => {
  expect([plural(1, "file"), plural(0, "file"), plural(2, "process is", "processes are")]).toEqual([
    "1 file",
    "0 files",
    "2 processes are",
  ]);
});
