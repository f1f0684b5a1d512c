import { sleep } from "#main/agent/clock.ts";
import type { Clock } from "#main/agent/clock.ts";
import { isKnown } from "#shared/session/events.ts";
import type { ChangeSize, UnknownEvent } from "#shared/session/events.ts";
import type { SessionRecord } from "./record.ts";

/** A measurement is followed by a rest of this many times as long: a large repository is measured less often. */
const REST_FACTOR = 5;

export interface MeasuringOptions {
  readonly record: SessionRecord;
  readonly turn: string;
  /** The size of the change now; null where it can't be had: the turn's end says why. */
  measure(signal: AbortSignal): Promise<ChangeSize | null>;
  /** The shortest rest between two measurements, in ms; `Infinity` for none before the turn's end. */
  readonly restMs: number;
  readonly clock: Clock;
  /** Takes what breaks: the agent's work goes on. */
  report(error: unknown): void;
}

/** Measures what a turn changed while it runs. After its disposal nothing of it is under way, and nothing is written. */
export interface Measuring extends AsyncDisposable {
  /** Tells of an event of the agent. After one that may have changed the worktree, the change is measured soon. */
  after(event: UnknownEvent): void;
}

export function startMeasuring(options: MeasuringOptions): Measuring {
  const { record, turn, measure, restMs, clock, report } = options;
  const over = new AbortController();
  let touched = false;
  let isAtWork = false;
  let work = Promise.resolve();

  const measureOnce = async (): Promise<void> => {
    const changes = await measure(over.signal);
    if (changes === null || over.signal.aborted || isSameSize(changes, record.summary.changes)) return;
    await record.append("changes.measured", { turn, changes });
  };
  const measureWhileTouched = async (): Promise<void> => {
    isAtWork = true;
    while (touched && !over.signal.aborted) {
      touched = false;
      const began = clock.now();
      await measureOnce().catch((error: unknown) => {
        if (!over.signal.aborted) report(error);
      });
      const took = clock.now() - began;
      await sleep(clock, Math.max(restMs, took * REST_FACTOR), over.signal);
    }
    isAtWork = false;
  };

  return {
    after: (event) => {
      if (!mayChangeFiles(event) || restMs === Infinity) return;
      touched = true;
      if (!isAtWork) work = measureWhileTouched();
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await work;
    },
  };
}

function mayChangeFiles(event: UnknownEvent): boolean {
  if (!isKnown(event) || event.type !== "item.completed" || event.body.status === "denied") return false;
  const { content } = event.body;
  return content.kind === "file_change" || (content.kind === "command" && content.sandbox !== "read-only");
}

/** Nothing was changed, as long as nobody has said otherwise. */
const NOTHING: ChangeSize = { files: 0, added: 0, removed: 0 };

export function isSameSize(now: ChangeSize, before: ChangeSize | null): boolean {
  const { files, added, removed } = before ?? NOTHING;
  return now.files === files && now.added === added && now.removed === removed;
}
