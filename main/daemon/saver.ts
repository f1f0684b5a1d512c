/** When a terminal is written to disk: after its output has been quiet for a moment, and in a flood now and then. */
import type { Clock } from "./idle.ts";

const QUIET_MS = 500;
/** A terminal that is never quiet. */
const MOST_MS = 5_000;
/** From the end of one save to the next: a person who types does not write 10,000 lines with each key. */
const GAP_MS = 3_000;

/** Disposing saves no more, and waits for the save that may be going on. */
export interface Saver extends AsyncDisposable {
  /** There is something new. */
  changed(): void;
  /** Saves now what is not saved, after the save that may be going on; the next save need not keep its distance. */
  flush(): Promise<void>;
}

/** `save` never rejects. */
export function createSaver(clock: Clock, save: () => Promise<void>): Saver {
  let timer: Disposable | null = null;
  let saving: Promise<void> | null = null;
  let first: number | null = null;
  let last = 0;
  let notBefore = 0;
  let isOver = false;

  const stop = (): void => {
    timer?.[Symbol.dispose]();
    timer = null;
  };
  const wait = (): void => {
    if (timer || saving || first === null || isOver) return;
    const now = clock.now();
    timer = clock.after(Math.max(QUIET_MS, notBefore - now), look);
  };
  const look = (): void => {
    stop();
    const now = clock.now();
    const isDue = now - last >= QUIET_MS || (first !== null && now - first >= MOST_MS);
    if (isDue) void run(GAP_MS);
    else wait();
  };
  const run = async (gapMs: number): Promise<void> => {
    stop();
    first = null;
    saving = save();
    await saving;
    saving = null;
    notBefore = clock.now() + gapMs;
    wait();
  };

  return {
    changed() {
      last = clock.now();
      first ??= last;
      wait();
    },
    async flush() {
      await saving;
      if (first !== null) await run(0);
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      stop();
      await saving;
    },
  };
}
