import { expect, test } from "vitest";
import { createRefetcher } from "./refetch.ts";
import type { Clock } from "./refetch.ts";

/** A clock that stands still until it is moved, and a fetch that ends when it is told to. */
function world() {
  let now = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const clock: Clock = {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
  };
  const started: number[] = [];
  let end = (): void => undefined;
  const refetcher = createRefetcher(() => {
    started.push(now);
    return new Promise((resolve) => (end = resolve));
  }, clock);
  return {
    refetcher,
    started,
    timers,
    /** Ends the fetch that is under way. */
    answer: async () => {
      end();
      await Promise.resolve();
      await Promise.resolve();
    },
    pass(ms: number) {
      now += ms;
      for (const timer of timers) if (timer.at <= now && timers.delete(timer)) timer.call();
    },
  };
}

test("nothing is fetched until somebody looks; then at once", () => {
  const { refetcher, started, pass } = world();
  refetcher.stale();
  pass(60_000);
  expect(started).toEqual([]);
  refetcher.seen(true);
  expect(started).toEqual([60_000]);
});

test("a bunch of events is one fetch, a second after the first of them", async () => {
  const { refetcher, started, answer, pass } = world();
  refetcher.seen(true);
  await answer();
  pass(5000);
  refetcher.stale();
  refetcher.stale();
  pass(999);
  expect(started).toEqual([0]);
  pass(1);
  await answer();
  pass(60_000);
  expect(started).toEqual([0, 6000]);
});

test("what changes during a fetch is fetched after it, and not at the same time", async () => {
  const { refetcher, started, answer, pass } = world();
  refetcher.seen(true);
  refetcher.stale();
  pass(100);
  expect(started).toEqual([0]);
  await answer();
  pass(1000);
  expect(started).toEqual([0, 1100]);
});

test("a slow repository is asked less often", async () => {
  const { refetcher, started, answer, pass } = world();
  refetcher.seen(true);
  pass(4000);
  await answer();
  refetcher.stale();
  pass(7999);
  expect(started).toEqual([0]);
  pass(1);
  expect(started).toEqual([0, 12_000]);
});

test("out of sight it waits; retrying does not", async () => {
  const { refetcher, started, answer, pass } = world();
  refetcher.seen(true);
  await answer();
  refetcher.seen(false);
  refetcher.stale();
  pass(10_000);
  expect(started).toEqual([0]);
  refetcher.seen(true);
  await answer();
  refetcher.now();
  expect(started).toEqual([0, 10_000, 10_000]);
});

test("an ended one leaves no timer and fetches nothing", async () => {
  const { refetcher, started, timers, answer, pass } = world();
  refetcher.seen(true);
  await answer();
  refetcher.stale();
  refetcher[Symbol.dispose]();
  pass(10_000);
  expect([started, timers.size]).toEqual([[0], 0]);
});
