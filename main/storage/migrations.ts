import type Database from "better-sqlite3";

/** "Oril" in ASCII: marks the file as a log of ours, whatever it is called. */
export const APPLICATION_ID = 0x4f72696c;

/** What readers of the events need; the same in a file and, for a reader that may not write, in temporary tables. */
export const VIEW_TABLES = ["session_view", "project_view"] as const;
export type ViewTable = (typeof VIEW_TABLES)[number];

/** One row a session (or project): its summary as JSON, and the last `seq` of its stream that the summary covers. */
export const createViewTables = (kind: "" | "TEMP"): string =>
  VIEW_TABLES.map(
    (table) =>
      `CREATE ${kind} TABLE ${table} (
         id TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, summary TEXT NOT NULL) STRICT;`,
  ).join("\n");

/**
 * Step n takes a log of version n to version n + 1. A step never changes once it was released: real logs of each
 * version are out there, and one of each is in testing/.
 */
const STEPS: readonly string[] = [
  // The events. `body` is JSON text and becomes NULL when it is erased; its hash stays.
  `CREATE TABLE event (
     id INTEGER NOT NULL PRIMARY KEY,
     stream TEXT NOT NULL,
     seq INTEGER NOT NULL,
     v INTEGER NOT NULL,
     at REAL NOT NULL,
     actor TEXT NOT NULL,
     cause TEXT,
     type TEXT NOT NULL,
     body TEXT,
     body_hash TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX event_by_stream ON event (stream, seq);`,
  // The summaries, so that a start reads one row a session and not its whole history.
  `${createViewTables("")}
   CREATE TABLE view_version (version INTEGER NOT NULL) STRICT;`,
];

/** The version of the log that this Oriel writes. */
export const LOG_VERSION = STEPS.length;

/** Brings the log up to `target`, all steps in one transaction: a crash leaves the old version or the new. */
export function migrate(db: Database.Database, target = LOG_VERSION): void {
  const found = Number(db.pragma("user_version", { simple: true }));
  if (found >= target) return;
  db.transaction(() => {
    for (const step of STEPS.slice(found, target)) db.exec(step);
    db.pragma(`user_version = ${target}`);
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}
