import type { Clock } from "../clock.ts";

export interface ManualClock extends Clock {
  /** The waits that were asked for so far, in milliseconds, in order. */
  readonly asked: readonly number[];
  /** Resolves once a timer of exactly `ms` is running. */
  waitingFor(ms: number): Promise<void>;
  /** Ends every timer of exactly `ms` that is running. */
  ring(ms: number): void;
}

/**
 * A clock that stands still until a test rings it. With `instant`, the waits for which it is true are over at once, so
 * that a test of retries only looks at what was asked for.
 */
export function manualClock(instant: (ms: number) => boolean = () => false): ManualClock {
  const asked: number[] = [];
  let timers: { ms: number; ring: () => void }[] = [];
  let waiting: { ms: number; resolve: () => void }[] = [];
  return {
    asked,
    now: () => 1_790_000_000_000,
    timer(ms, ring) {
      asked.push(ms);
      if (instant(ms)) {
        queueMicrotask(ring);
        return () => undefined;
      }
      const timer = { ms, ring };
      timers.push(timer);
      for (const it of waiting) if (it.ms === ms) it.resolve();
      waiting = waiting.filter((it) => it.ms !== ms);
      return () => {
        timers = timers.filter((it) => it !== timer);
      };
    },
    waitingFor: (ms) =>
      timers.some((timer) => timer.ms === ms)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ ms, resolve })),
    ring(ms) {
      const due = timers.filter((timer) => timer.ms === ms);
      timers = timers.filter((timer) => timer.ms !== ms);
      for (const timer of due) timer.ring();
    },
  };
}
