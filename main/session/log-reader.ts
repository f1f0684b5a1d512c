import type { UnknownEvent } from "#shared/session/events.ts";
import { isKnown, sessionStream } from "#shared/session/events.ts";

export interface ReadableLog {
  read(query: { after: number; limit: number }): Promise<readonly UnknownEvent[]>;
  subscribe(listener: (events: readonly UnknownEvent[]) => void): () => void;
}

export interface LogQuery {
  readonly after: number;
  readonly sessions?: readonly string[] | undefined;
  readonly limit: number;
  readonly waitMs: number;
  /** Without what only the model needs. */
  readonly slim: boolean;
}

/**
 * The events after a cursor, and the cursor to go on from. Waits up to `waitMs` where there are none: the client pulls,
 * so a slow one costs nothing but its own time.
 */
export async function readLog(
  log: ReadableLog,
  query: LogQuery,
  signal?: AbortSignal,
): Promise<{ events: UnknownEvent[]; cursor: number }> {
  const streams = query.sessions && new Set(query.sessions.map(sessionStream));
  const wanted = (event: UnknownEvent): boolean => !streams || streams.has(event.stream);
  const deadline = AbortSignal.any([AbortSignal.timeout(query.waitMs), ...(signal ? [signal] : [])]);
  let cursor = query.after;
  for (;;) {
    // Listens before it reads, so that nothing can fall between the two.
    using arrival = nextArrival(log, wanted, deadline);
    const page = await log.read({ after: cursor, limit: query.limit });
    cursor = page.at(-1)?.id ?? cursor;
    const events = page.filter(wanted);
    if (events.length > 0) return { events: query.slim ? events.map(slim) : events, cursor };
    // A page may be short because its events are big: only an empty one is the last.
    if (page.length > 0) continue;
    await arrival.came;
    if (deadline.aborted) return { events: [], cursor };
  }
}

/** An item's event without what the model sees of it; any other event as it is. */
export function slim(event: UnknownEvent): UnknownEvent {
  // The body of an erased event is null.
  if (event.body === null || !isKnown(event)) return event;
  if (event.type !== "item.started" && event.type !== "item.completed") return event;
  const { model: _, ...body } = event.body;
  return { ...event, body };
}

function nextArrival(
  log: ReadableLog,
  wanted: (event: UnknownEvent) => boolean,
  deadline: AbortSignal,
): Disposable & { readonly came: Promise<void> } {
  const { promise: came, resolve } = Promise.withResolvers<void>();
  const stop = log.subscribe((events) => {
    if (events.some(wanted)) resolve();
  });
  const expired = (): void => resolve();
  if (deadline.aborted) resolve();
  deadline.addEventListener("abort", expired, { once: true });
  return {
    came,
    [Symbol.dispose]: () => {
      stop();
      deadline.removeEventListener("abort", expired);
    },
  };
}
