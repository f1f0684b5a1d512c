/** When to ask for a diff again: one at a time, not more often than it pays, and only while somebody looks. */
export interface Clock {
  now(): number;
  /** Calls back once after `ms`, unless it is disposed before. */
  after(ms: number, call: () => void): Disposable;
}

export interface Refetcher extends Disposable {
  /** What is shown may be old. */
  stale(): void;
  /** While it is not seen nothing is fetched; coming back into sight fetches what became old meanwhile. */
  seen(visible: boolean): void;
  /** Fetches at once, waiting or not. */
  now(): void;
}

/** From the end of one fetch to the start of the next, in ms. */
const GAP_MS = 1000;
/** A repository where git takes long is asked less often: it has better things to do. */
const DURATIONS = 2;

/** `fetch` never rejects. At first everything is old, and nothing is seen. */
export function createRefetcher(fetch: () => Promise<void>, clock: Clock = pageClock): Refetcher {
  let old = true;
  let visible = false;
  let fetching = false;
  let ended = false;
  let notBefore = 0;
  let timer: Disposable | null = null;

  const consider = (): void => {
    if (ended || !old || !visible || fetching || timer) return;
    const wait = notBefore - clock.now();
    if (wait <= 0) return void run();
    timer = clock.after(wait, () => {
      timer = null;
      consider();
    });
  };
  const run = async (): Promise<void> => {
    old = false;
    fetching = true;
    const started = clock.now();
    await fetch();
    fetching = false;
    const ms = clock.now() - started;
    notBefore = clock.now() + Math.max(GAP_MS, ms * DURATIONS);
    consider();
  };
  return {
    stale() {
      // Events come in bunches: the first of them must not be the only one that the answer knows.
      if (!old && !fetching) notBefore = Math.max(notBefore, clock.now() + GAP_MS);
      old = true;
      consider();
    },
    seen(now) {
      visible = now;
      consider();
    },
    now() {
      timer?.[Symbol.dispose]();
      timer = null;
      old = true;
      notBefore = 0;
      consider();
    },
    [Symbol.dispose]() {
      ended = true;
      timer?.[Symbol.dispose]();
    },
  };
}

const pageClock: Clock = {
  now: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
