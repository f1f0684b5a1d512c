import type { Event, UnknownEvent } from "#shared/session/events.ts";
import { isKnown, sessionStream } from "#shared/session/events.ts";

export interface StreamReader {
  readStream(stream: string, afterSeq: number, limit: number): Promise<readonly UnknownEvent[]>;
}

const PAGE = 1000;

/** All events of a session that this version knows, in order. */
export async function readHistory(log: StreamReader, session: string): Promise<readonly Event[]> {
  const events: Event[] = [];
  for (let after = 0; ;) {
    const page = await log.readStream(sessionStream(session), after, PAGE);
    events.push(...page.filter(isKnown));
    const last = page.at(-1);
    if (!last || page.length < PAGE) return events;
    after = last.seq;
  }
}
