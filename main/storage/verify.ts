import path from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { FIRST_LINK, hashBody, hashEvent } from "./chain.ts";
import { EVENT_COLUMNS } from "./event-row.ts";
import type { EventRow } from "./event-row.ts";
import { storageFailure } from "./failures.ts";

const broken = z.object({
  ok: z.literal(false),
  /** The id of the first event that is missing or not what was stored. */
  at: z.number().int(),
  reason: z.string(),
});

export type Verdict = { readonly ok: true; readonly events: number } | Readonly<z.infer<typeof broken>>;

/** How far the chain was checked: the last event that was, and its hash. */
const chainCursor = z.object({ id: z.number().int(), hash: z.string() });
export type ChainCursor = z.infer<typeof chainCursor>;

/** What checking some events after a cursor came to. `events` says how many they were. */
export const chainStep = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), cursor: chainCursor, events: z.number().int() }),
  broken,
]);
export type ChainStep = z.infer<typeof chainStep>;

export const CHAIN_START: ChainCursor = { id: 0, hash: FIRST_LINK };

/** Events a step, so that appends get their turn between two steps of a long check. */
export const STEP_SIZE = 2000;

type ChainRow = EventRow & { readonly body_hash: string; readonly hash: string };

/** Checks up to STEP_SIZE events after a cursor; `events` is 0 at the end of the log. */
export function createVerifier(db: Database.Database, dir: string): (cursor: ChainCursor) => ChainStep {
  const page = db.prepare<[number], ChainRow>(
    `SELECT ${EVENT_COLUMNS}, body_hash, hash FROM event WHERE id > ? ORDER BY id LIMIT ${STEP_SIZE}`,
  );
  return (start) => {
    let cursor = start;
    let events = 0;
    try {
      for (const row of page.iterate(start.id)) {
        const reason = fault(row, cursor);
        if (reason !== null) return { ok: false, at: cursor.id + 1, reason };
        cursor = { id: row.id, hash: row.hash };
        events += 1;
      }
    } catch (error) {
      const failure = storageFailure(error, dir);
      if (failure?.code !== "log_damaged") throw error;
      return {
        ok: false,
        at: cursor.id + 1,
        reason: `the file is damaged: ${failure.details ?? failure.message}`,
      };
    }
    return { ok: true, cursor, events };
  };
}

/** Why `row` can't be the event that was stored after `before`, or null. An erased body is vouched for by its hash. */
function fault(row: ChainRow, before: ChainCursor): string | null {
  const expected = before.id + 1;
  if (row.id !== expected) return `event ${expected} is missing: event ${row.id} follows event ${before.id}`;
  if (row.body !== null && hashBody(row.body) !== row.body_hash)
    return `the body of event ${row.id} was changed`;
  if (hashEvent(before.hash, row, row.body_hash) !== row.hash) {
    return `event ${row.id} or the one before it was changed: its hash does not fit`;
  }
  return null;
}

/**
 * Checks a log file by itself, without Oriel: the hashes of all bodies and the chain over them. What it can't see is
 * that the last events were cut off. Beside a live writer it checks what was stored when each step began.
 * Throws where the file can't be opened at all.
 */
export function verifyLogFile(file: string): Verdict {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const verify = createVerifier(db, path.dirname(file));
    let cursor = CHAIN_START;
    for (;;) {
      const step = verify(cursor);
      if (!step.ok) return step;
      if (step.events === 0) return { ok: true, events: cursor.id };
      cursor = step.cursor;
    }
  } catch (error) {
    const failure = storageFailure(error, path.dirname(file));
    if (failure?.code !== "log_damaged") throw error;
    return { ok: false, at: 1, reason: `the file is damaged: ${failure.details ?? failure.message}` };
  } finally {
    db.close();
  }
}
