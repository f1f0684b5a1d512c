/** A log for fixtures: events as the host would have stored them, for the same reducers that the app uses. */
import type { EventBody, EventType, UnknownEvent } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";

export interface FixtureLog {
  readonly events: readonly UnknownEvent[];
  /** Adds an event: `at` in ms since the epoch, now by default. Gives it as stored. */
  append<Type extends EventType>(
    stream: string,
    type: Type,
    body: EventBody<Type>,
    at?: number,
  ): UnknownEvent;
  /** The events of one session's stream, in order. */
  ofSession(session: string): readonly UnknownEvent[];
}

export function createFixtureLog(): FixtureLog {
  const events: UnknownEvent[] = [];
  const seqs = new Map<string, number>();
  return {
    events,
    append(stream, type, body, at = Date.now()) {
      const seq = (seqs.get(stream) ?? 0) + 1;
      seqs.set(stream, seq);
      const actor = "oriel";
      const event: UnknownEvent = {
        id: events.length + 1,
        stream,
        seq,
        v: 1,
        at,
        actor,
        cause: null,
        type,
        body,
      };
      events.push(event);
      return event;
    },
    ofSession: (session) => events.filter((event) => event.stream === sessionStream(session)),
  };
}
