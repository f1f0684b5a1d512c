import type Database from "better-sqlite3";
import { storageFailure } from "./failures.ts";

/** Pages in the journal from which they are copied into the file: SQLite's own default. */
const PAGES = 1000;

/**
 * Copies the journal into the file now and then. SQLite would do it within the commit that fills the journal; here it
 * happens between an answer and the next append, so that no answer waits for it.
 */
export function createCheckpointer(db: Database.Database, dir: string): () => void {
  db.pragma("wal_autocheckpoint = 0");
  // NOOP only counts. The numbers are -1 while there is no journal.
  const count = db.prepare<[], { log: number; checkpointed: number }>("PRAGMA wal_checkpoint(NOOP)");
  const copy = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  return () => {
    try {
      const journal = count.get();
      if (journal !== undefined && journal.log - journal.checkpointed >= PAGES) copy.get();
    } catch (error) {
      // A full disk, say. Everything is safe in the journal, and the next append tries again.
      if (storageFailure(error, dir) === null) throw error;
    }
  };
}
