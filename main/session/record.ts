import type { Actor, Event, EventBody, EventDraft, EventType } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** The one thing that a record needs of the log. */
export interface Appender {
  append(drafts: readonly EventDraft[]): Promise<readonly Event[]>;
}

export type SessionDraft = {
  [Type in EventType]: { type: Type; body: EventBody<Type>; actor?: Actor; cause?: string };
}[EventType];

/** A turn that runs in this process. */
export interface RunningTurn {
  readonly id: string;
  readonly abort: AbortController;
  /** Resolves once the summary says that it waits, is prepared or runs; or that it has ended. Never rejects. */
  readonly begun: Promise<void>;
  /** Resolves when nothing of the turn runs any more and its end is in the log. Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * All that the host keeps of one session in memory, and the only writer of its events. What it knows, it knows from
 * the log: `summary` is the reduction of the events that were stored, and whoever waits, waits for an event.
 */
export interface SessionRecord {
  readonly id: string;
  readonly summary: SessionSummary;
  turn: RunningTurn | null;
  append<Type extends EventType>(type: Type, body: EventBody<Type>, actor?: Actor): Promise<Event<Type>>;
  /** Several events in one transaction. */
  appendAll(drafts: readonly SessionDraft[]): Promise<readonly Event[]>;
  /** The first event stored from now on that `pick` turns into a value; null when `signal` aborts first. */
  next<Value>(pick: (event: Event) => Value | null, signal: AbortSignal): Promise<Value | null>;
  /** Runs `work` after all lifecycle work before it, one at a time. */
  exclusive<Value>(work: () => Promise<Value>): Promise<Value>;
}

export function createRecord(options: {
  log: Appender;
  now: () => number;
  id: string;
  summary?: SessionSummary;
}): SessionRecord {
  const { log, now, id } = options;
  const listeners = new Set<(event: Event) => void>();
  let summary = options.summary ?? null;
  let lifecycle: Promise<unknown> = Promise.resolve();

  async function appendAll(drafts: readonly SessionDraft[]): Promise<readonly Event[]> {
    const at = now();
    const events = await log.append(drafts.map((draft) => withEnvelope(draft, id, at)));
    for (const event of events) {
      summary = reduceSession(summary, event);
      for (const listener of listeners) listener(event);
    }
    return events;
  }

  return {
    id,
    turn: null,
    get summary() {
      if (summary === null) throw new Error(`session ${id} has no session.created yet`);
      return summary;
    },
    appendAll,
    append: async <Type extends EventType>(type: Type, body: EventBody<Type>, actor: Actor = "oriel") => {
      // oxlint-disable-next-line no-unsafe-type-assertion -- the parameters say that type and body belong together
      const [event] = await appendAll([{ type, body, actor } as SessionDraft]);
      // oxlint-disable-next-line no-unsafe-type-assertion -- the log gives back what it was given, in order
      return event as Event<Type>;
    },
    next: (pick, signal) =>
      new Promise((resolve) => {
        const done = (value: Parameters<typeof resolve>[0]): void => {
          listeners.delete(listener);
          signal.removeEventListener("abort", aborted);
          resolve(value);
        };
        const listener = (event: Event): void => {
          const value = pick(event);
          if (value !== null) done(value);
        };
        const aborted = (): void => done(null);
        if (signal.aborted) return resolve(null);
        listeners.add(listener);
        signal.addEventListener("abort", aborted);
      }),
    exclusive: (work) => {
      const result = lifecycle.then(work);
      lifecycle = result.catch(() => undefined);
      return result;
    },
  };
}

function withEnvelope(draft: SessionDraft, id: string, at: number): EventDraft {
  const { actor = "oriel", cause = null, ...rest } = draft;
  return { ...rest, stream: sessionStream(id), at, actor, cause };
}
