import { z } from "zod";
import { envelope } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";

/** An event as a row of the log: its body as JSON text, or null once it was erased. */
export const eventRow = envelope.extend({ type: z.string(), body: z.string().nullable() });
export type EventRow = z.infer<typeof eventRow>;

export const EVENT_COLUMNS = "id, stream, seq, v, at, actor, cause, type, body";

/** The event of a row. Types and versions that this Oriel does not know pass through; an erased body is null. */
export function eventOf(row: EventRow): UnknownEvent {
  const body: unknown = row.body === null ? null : JSON.parse(row.body);
  return { ...row, body };
}
