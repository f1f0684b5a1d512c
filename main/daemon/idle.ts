/** When the daemon ends itself. */

/** An agent's result waits that long for a host to fetch it. */
export const KEEP_RESULTS_MS = 24 * 60 * 60 * 1000;
/** The longest delay that a timer of Node takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export interface Activity {
  /** Connected clients, running commands and living terminals. */
  readonly busy: number;
  /** When those ended whose results nobody released: milliseconds since the epoch. */
  readonly unreleased: readonly number[];
}

export interface Clock {
  now(): number;
  /** Calls `callback` once after `ms`, unless disposed before. */
  after(ms: number, callback: () => void): Disposable;
}

/** Milliseconds since the epoch from which on nobody needs the daemon, or null while somebody does. */
export function idleAt(activity: Activity, quietSince: number, idleMs: number): number | null {
  if (activity.busy > 0) return null;
  return Math.max(quietSince + idleMs, ...activity.unreleased.map((at) => at + KEEP_RESULTS_MS));
}

export interface IdleWatch extends Disposable {
  /** To be called after each change of the activity. */
  changed(): void;
}

/** Calls `onIdle` once, when nobody has needed the daemon for `idleMs`. */
export function watchIdle(options: {
  activity: () => Activity;
  idleMs: number;
  clock: Clock;
  onIdle: () => void;
}): IdleWatch {
  const { activity, idleMs, clock, onIdle } = options;
  let quietSince = clock.now();
  let timer: Disposable | null = null;

  const changed = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
    if (activity().busy > 0) return;
    quietSince = clock.now();
    wait();
  };
  const wait = (): void => {
    const at = idleAt(activity(), quietSince, idleMs);
    if (at === null) return;
    const left = at - clock.now();
    if (left <= 0) onIdle();
    else timer = clock.after(Math.min(left, MAX_DELAY_MS), wait);
  };
  changed();
  return { changed, [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}

export const systemClock: Clock = {
  now: Date.now,
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
