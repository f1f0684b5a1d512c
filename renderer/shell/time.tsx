/** Times that go on by themselves: only the text renders, never what it stands in. */
import { useSyncExternalStore } from "react";
import { duration } from "#shared/kernel/human.ts";

/** One timer for all that tick at the same pace, and none while nothing does. */
function createTicker(everyMs: number) {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let now = Date.now();
  const tick = (): void => {
    now = Date.now();
    for (const listener of listeners) listener();
  };
  return {
    now: () => now,
    subscribe: (listener: () => void) => {
      if (listeners.size === 0) {
        now = Date.now();
        timer = setInterval(tick, everyMs);
      }
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) clearInterval(timer);
      };
    },
  };
}

const SECONDS = createTicker(1000);
const HALF_MINUTES = createTicker(30_000);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in one unit: `now`, `3 min`, `2 h`, `5 d`. */
export function ago(ms: number): string {
  if (ms < MINUTE) return "now";
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** How long ago `at` (epoch ms) was. */
export function Age({ at }: { at: number }) {
  const now = useSyncExternalStore(HALF_MINUTES.subscribe, HALF_MINUTES.now);
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {ago(Math.max(0, now - at))}
    </time>
  );
}

/** Less than this is no time at all to a person, in ms. */
const NOTHING_MS = 50;

/** `base` ms and what has passed since `since` (epoch ms), where something runs. */
export function Elapsed({ base, since }: { base: number; since: number | null }) {
  if (since !== null) return <Running base={base} since={since} />;
  return base < NOTHING_MS ? null : <span title="Time its turns have run">{duration(base)}</span>;
}

function Running({ base, since }: { base: number; since: number }) {
  const now = useSyncExternalStore(SECONDS.subscribe, SECONDS.now);
  return <span title="Time its turns have run">{duration(base + Math.max(1000, now - since))}</span>;
}
