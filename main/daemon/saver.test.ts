import { expect, test } from "vitest";
import type { Clock } from "./idle.ts";
import { createSaver } from "./saver.ts";

/** A clock that moves when it is told to. */
function handClock(): Clock & { move(ms: number): Promise<void> } {
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  return {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.push(timer);
      return { [Symbol.dispose]: () => void (timers = timers.filter((other) => other !== timer)) };
    },
    async move(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.at;
        next.callback();
        await new Promise(setImmediate);
      }
      now = end;
    },
  };
}

function saverOn(clock: Clock) {
  const saves: number[] = [];
  const saver = createSaver(clock, async () => void saves.push(clock.now()));
  return { saver, saves };
}

test("saves once after a moment of quiet", async () => {
  const clock = handClock();
  const { saver, saves } = saverOn(clock);
  saver.changed();
  await clock.move(400);
  saver.changed();
  await clock.move(10_000);
  expect(saves).toEqual([1000]);
});

test("saves a flood now and then, and keys that are typed not each time", async () => {
  const clock = handClock();
  const { saver, saves } = saverOn(clock);
  for (let n = 0; n < 200; n++) {
    saver.changed();
    await clock.move(100);
  }
  expect(saves).toEqual([5000, 10_000, 15_000, 20_000]);
  saves.length = 0;
  for (let n = 0; n < 10; n++) {
    saver.changed();
    await clock.move(1000);
  }
  expect(saves.length).toBeLessThanOrEqual(4);
});

test("flushes what is new and nothing else, and is silent when it is over", async () => {
  const clock = handClock();
  const { saver, saves } = saverOn(clock);
  await saver.flush();
  saver.changed();
  await saver.flush();
  await saver.flush();
  expect(saves).toEqual([0]);
  saver.changed();
  await saver[Symbol.asyncDispose]();
  await clock.move(60_000);
  expect(saves).toEqual([0]);
});

test("what is flushed at the beginning does not put off what comes behind it", async () => {
  const clock = handClock();
  const { saver, saves } = saverOn(clock);
  saver.changed();
  await saver.flush();
  saver.changed();
  await clock.move(10_000);
  expect(saves).toEqual([0, 500]);
});
