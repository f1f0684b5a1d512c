import { expect, test } from "vitest";
import { withToast } from "./toasts.tsx";

const EMPTY = { toasts: [], next: 1 };
const texts = (told: readonly (readonly ["info" | "error", string])[]) =>
  told
    .reduce<Parameters<typeof withToast>[0]>((state, [tone, text]) => withToast(state, { tone, text }), EMPTY)
    .toasts.map(({ text }) => text);

test("the same is said once, as the latest", () => {
  expect(
    texts([
      ["info", "a"],
      ["info", "b"],
      ["info", "a"],
    ]),
  ).toEqual(["b", "a"]);
});

test("three are seen at most, and an info gives way to an error", () => {
  expect([
    texts([
      ["info", "a"],
      ["info", "b"],
      ["info", "c"],
      ["info", "d"],
    ]),
    texts([
      ["error", "a"],
      ["info", "b"],
      ["error", "c"],
      ["info", "d"],
    ]),
    texts([
      ["error", "a"],
      ["error", "b"],
      ["error", "c"],
      ["error", "d"],
    ]),
  ]).toEqual([
    ["b", "c", "d"],
    ["a", "c", "d"],
    ["b", "c", "d"],
  ]);
});
