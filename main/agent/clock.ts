/** Time as the agent sees it, so that a test decides when a wait is over. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `ring` once after `ms` milliseconds unless the returned function is called before. */
  timer(ms: number, ring: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  timer: (ms, ring) => {
    const timeout = setTimeout(ring, ms);
    return () => clearTimeout(timeout);
  },
};

/** Waits `ms` milliseconds, or until `signal` aborts; tells which: true when the whole time passed. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      stop();
      signal.removeEventListener("abort", onAbort);
      resolve(whole);
    };
    const onAbort = (): void => end(false);
    const stop = clock.timer(ms, () => end(true));
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
