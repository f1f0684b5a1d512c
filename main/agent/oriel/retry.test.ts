import { expect, test } from "vitest";
import { afterFault, RETRY } from "./retry.ts";

const failure = { code: "model_unreachable", message: "It failed." };
const fault = (afterMs: number | null = null) => ({ failure, retry: { afterMs } });

test("the first wait is under a second, whatever chance says; the last attempt is the last", () => {
  for (const random of [() => 0, () => 0.999_999]) {
    const first = afterFault(fault(), 1, RETRY, random);
    expect("waitMs" in first && first.waitMs > 0 && first.waitMs < 1000).toBe(true);
  }
  expect(afterFault(fault(), RETRY.attempts, RETRY, () => 0)).toHaveProperty("failure");
});

test("what the server asks for counts, up to the limit; nothing is asked without a pause", () => {
  expect(afterFault(fault(9_000), 1, RETRY, () => 0)).toEqual({ waitMs: 9_000 });
  expect(afterFault(fault(0), 1, RETRY, () => 0)).toEqual({ waitMs: 100 });
  expect(afterFault(fault(RETRY.retryAfterLimitMs + 1), 1, RETRY, () => 0)).toHaveProperty("failure");
});

test("what cannot be helped is not tried again", () => {
  expect(afterFault({ failure, retry: null }, 1, RETRY, () => 0)).toEqual({ failure });
});
