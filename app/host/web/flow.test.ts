import { expect, test } from "vitest";
import { WINDOW_BYTES } from "#shared/terminal/protocol.ts";
import { createFlow } from "./flow.ts";

test("closes with a window of output under way, and opens as it is acknowledged", () => {
  const flow = createFlow(() => 0);
  flow.sentScreen(1000, 50);
  flow.acknowledged(1000);
  flow.sentOutput(1000, WINDOW_BYTES - 1);
  expect([flow.open, flow.caughtUp]).toEqual([true, false]);
  flow.sentOutput(1000 + WINDOW_BYTES - 1, 1);
  expect([flow.open, flow.caughtUp]).toEqual([false, false]);
  flow.acknowledged(1000 + WINDOW_BYTES);
  expect([flow.open, flow.caughtUp]).toEqual([true, true]);
});

test("a screen is beside the window, however large, until it is acknowledged", () => {
  let buffered = 0;
  const flow = createFlow(() => buffered);
  buffered = 10 * WINDOW_BYTES;
  flow.sentScreen(0, 10 * WINDOW_BYTES);
  flow.sentOutput(0, 10);
  expect([flow.open, flow.caughtUp]).toEqual([true, false]);
  buffered += WINDOW_BYTES;
  expect(flow.open).toBe(false);
});

test("what was never sent can't be acknowledged, and what was can't be taken back", () => {
  const flow = createFlow(() => 0);
  flow.sentScreen(0, 1);
  flow.acknowledged(Number.MAX_SAFE_INTEGER);
  flow.sentOutput(0, WINDOW_BYTES);
  expect(flow.open).toBe(false);
  flow.acknowledged(WINDOW_BYTES);
  flow.acknowledged(0);
  expect(flow.open).toBe(true);
});

test("a socket that does not take its bytes closes it too", () => {
  let buffered = 0;
  const flow = createFlow(() => buffered);
  flow.sentScreen(0, 1);
  flow.acknowledged(0);
  buffered = WINDOW_BYTES;
  expect(flow.open).toBe(false);
});
