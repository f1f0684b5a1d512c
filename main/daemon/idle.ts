/** When the daemon ends itself. */

export interface Clock {
  /** Milliseconds since some moment; never set back. */
  now(): number;
  /** Calls `callback` once after `ms`, unless disposed before. */
  after(ms: number, callback: () => void): Disposable;
}

export interface IdleWatch extends Disposable {
  /** To be called after each change of `busy`. */
  changed(): void;
}

/** Calls `onIdle` once, when `busy` (connected clients, running commands, living terminals) has been 0 for `idleMs`. */
export function watchIdle(options: {
  busy: () => number;
  idleMs: number;
  clock: Clock;
  onIdle: () => void;
}): IdleWatch {
  const { busy, idleMs, clock, onIdle } = options;
  let timer: Disposable | null = null;
  const changed = (): void => {
    timer?.[Symbol.dispose]();
    timer = busy() > 0 ? null : clock.after(idleMs, onIdle);
  };
  changed();
  return { changed, [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
