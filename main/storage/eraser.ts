import type Database from "better-sqlite3";
import { FailureError } from "#shared/kernel/failure.ts";
import { EVENT_COLUMNS, eventOf } from "./event-row.ts";
import type { EventRow } from "./event-row.ts";
import { failures } from "./failures.ts";
import type { Views } from "./projections.ts";

/**
 * Removes the body of an event for good: from its row, from the summary that was made with it, and from the free
 * space and the journal of the file. Its hash stays, so that the chain holds. The summary is made anew from the bodies
 * that are left: without its `session.created`, a session has none. Throws FailureError `event_not_found`.
 */
export function createEraser(db: Database.Database, views: Views): (id: number) => void {
  const streamOf = db.prepare<[number], string>("SELECT stream FROM event WHERE id = ?").pluck();
  const clear = db.prepare<[number]>("UPDATE event SET body = NULL WHERE id = ?");
  const ofStream = db.prepare<[string], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE stream = ? ORDER BY seq`,
  );

  const erase = db.transaction((id: number) => {
    const stream = streamOf.get(id);
    if (stream === undefined) throw new FailureError(failures.eventNotFound(id));
    clear.run(id);
    const view = views.of(stream);
    if (view === null) return;
    view.reset(stream);
    for (const row of ofStream.iterate(stream)) view.apply(eventOf(row));
    view.write();
  });

  return (id) => {
    db.pragma("secure_delete = ON");
    let committed = false;
    try {
      erase.immediate(id);
      committed = true;
    } finally {
      views.settle(committed);
      db.pragma("secure_delete = OFF");
    }
    // The journal still has the old pages. A reader in the middle of a page keeps them until the next checkpoint.
    db.pragma("wal_checkpoint(TRUNCATE)");
  };
}
