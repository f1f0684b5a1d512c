import { describe, expect, test } from "vitest";
import { type Activity, type Clock, KEEP_RESULTS_MS, watchIdle } from "./idle.ts";

/** A clock that moves when told. */
function fakeClock() {
  let now = 1_000;
  const timers = new Set<{ at: number; callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of [...timers].filter(({ at }) => at <= now)) {
      timers.delete(timer);
      timer.callback();
    }
  };
  return { clock, pass, waiting: () => timers.size };
}

function watched() {
  const fake = fakeClock();
  let activity: Activity = { busy: 0, unreleased: [] };
  let ended = 0;
  const watch = watchIdle({
    activity: () => activity,
    idleMs: 100,
    clock: fake.clock,
    onIdle: () => ended++,
  });
  const become = (next: Activity): void => {
    activity = next;
    watch.changed();
  };
  return { ...fake, watch, become, ended: () => ended };
}

describe("idle", () => {
  test("ends after the time when nobody ever came", () => {
    const { pass, ended } = watched();
    pass(99);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("waits the whole time again after each one that goes", () => {
    const { become, pass, ended } = watched();
    pass(99);
    become({ busy: 1, unreleased: [] });
    pass(1_000_000);
    become({ busy: 0, unreleased: [] });
    pass(99);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("keeps a result that nobody has fetched for a day", () => {
    const { become, pass, ended } = watched();
    become({ busy: 0, unreleased: [1_000] });
    pass(KEEP_RESULTS_MS - 1);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("ends after the time when the last result is released", () => {
    const { become, pass, ended } = watched();
    become({ busy: 0, unreleased: [1_000] });
    pass(5_000);
    become({ busy: 0, unreleased: [] });
    pass(100);
    expect(ended()).toBe(1);
  });

  test("leaves no timer when disposed", () => {
    const { watch, waiting } = watched();
    expect(waiting()).toBe(1);
    watch[Symbol.dispose]();
    expect(waiting()).toBe(0);
  });
});
