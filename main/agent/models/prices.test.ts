import { expect, test } from "vitest";
import { costOf } from "./prices.ts";

const tokens = { input: 1_000_000, cached: 500_000, output: 1_000_000, reasoning: 900_000 };

test("cached tokens are cheaper; thoughts are part of the output", () => {
  expect(costOf("gpt-5", tokens)).toBeCloseTo(0.625 + 0.0625 + 10);
});

test("a dated release costs what its family does", () => {
  expect(costOf("gpt-4.1-mini-2025-04-14", tokens)).toBe(costOf("gpt-4.1-mini", tokens));
});

test("what the table does not have has no cost, not a guessed one", () => {
  expect(
    ["llama-4", "gpt-5-something", "toString", "offline-demo"].map((name) => costOf(name, tokens)),
  ).toEqual([null, null, null, null]);
});
