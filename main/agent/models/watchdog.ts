import type { Clock } from "../clock.ts";

export interface Watchdog extends Disposable {
  /** Aborted when the limit passed without a sign of life, or when the outer signal aborted. */
  readonly signal: AbortSignal;
  /** True when silence was the reason. */
  readonly silent: boolean;
  /** A sign of life: the limit starts anew. */
  touch(): void;
}

/** Aborts its signal after `limitMs` of silence. A server that accepts and never answers would else hang a turn. */
export function watchdog(clock: Clock, limitMs: number, outer: AbortSignal): Watchdog {
  const controller = new AbortController();
  let silent = false;
  let stop = (): void => undefined;
  const ring = (): void => {
    silent = true;
    controller.abort();
  };
  const onOuter = (): void => controller.abort();
  if (outer.aborted) controller.abort();
  outer.addEventListener("abort", onOuter, { once: true });
  stop = clock.timer(limitMs, ring);
  return {
    signal: controller.signal,
    get silent() {
      return silent;
    },
    touch() {
      stop();
      stop = clock.timer(limitMs, ring);
    },
    [Symbol.dispose]() {
      stop();
      outer.removeEventListener("abort", onOuter);
    },
  };
}
