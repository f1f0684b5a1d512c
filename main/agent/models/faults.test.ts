import { expect, test } from "vitest";
import { faultOf, namedFault, retryAfterMs } from "./faults.ts";

const after = (value: string): number | null =>
  retryAfterMs(new Headers({ "retry-after": value }), 1_000_000);

test("Retry-After in seconds and as a date; nonsense is no answer", () => {
  expect(
    ["3", "0.5", new Date(1_005_000).toUTCString(), new Date(0).toUTCString(), "soon"].map(after),
  ).toEqual([3000, 500, 5000, 0, null]);
  expect(retryAfterMs(new Headers({ "retry-after-ms": "250", "retry-after": "1" }), 0)).toBe(250);
  expect(retryAfterMs(undefined, 0)).toBe(null);
});

test("an error that a server names by no known code is worth another try", () => {
  expect(namedFault("strange", "huh")).toMatchObject({
    retry: { afterMs: null },
    failure: { details: "strange: huh" },
  });
  expect(namedFault(null, "This model's maximum context length is 8192 tokens").failure.code).toBe(
    "context_full",
  );
});

test("a bug of ours is no fault of a server", () => {
  expect(faultOf(new RangeError("oops"), 0)).toBe(null);
  expect(faultOf("text", 0)).toBe(null);
});
