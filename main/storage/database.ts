import { existsSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { FailureError } from "#shared/kernel/failure.ts";
import { failures } from "./failures.ts";
import { holdFile } from "./file-lock.ts";
import { makeFolder } from "./folders.ts";
import { APPLICATION_ID, LOG_VERSION, migrate } from "./migrations.ts";

/** How long a write waits for a foreign tool (`sqlite3 log.db`, a backup) that holds the log, in ms. */
const BUSY_TIMEOUT = 5000;

export const logFile = (dir: string): string => path.join(dir, "log.db");

/** An open log file; disposing of it closes it and, where it could be written, lets the next writer in. */
export interface LogDatabase extends Disposable {
  readonly db: Database.Database;
  readonly version: number;
}

/**
 * Opens the log in `dir` for its one writer: makes it where there is none, and brings an older one up to date.
 * Throws a FailureError, or SQLite's own error; a file that is damaged, newer or not a log is left as it is.
 */
export function openForWriting(dir: string): LogDatabase {
  makeFolder(dir);
  // Of its own, and not the host's lock: a second writer would break the chain, whoever it is.
  const lock = holdFile(path.join(dir, "log-lock.db"));
  if (lock === null) throw new FailureError(failures.locked(dir, "log-lock.db is held"));
  using owned = new DisposableStack();
  owned.use(lock);
  const file = logFile(dir);
  if (existsSync(file)) inspect(file, dir);
  const db = owned.adopt(new Database(file, { timeout: BUSY_TIMEOUT }), (opened) => opened.close());
  db.pragma("journal_mode = WAL");
  // An append is acknowledged when it is on disk: better-sqlite3 would leave a WAL at NORMAL, which is not that.
  db.pragma("synchronous = FULL");
  // On macOS, fsync alone leaves the data in the disk's cache.
  db.pragma("fullfsync = ON");
  // After one very large append, give the space of its journal back.
  db.pragma(`journal_size_limit = ${16 * 1024 * 1024}`);
  migrate(db);
  const kept = owned.move();
  return { db, version: LOG_VERSION, [Symbol.dispose]: () => kept.dispose() };
}

/** Opens the log in `dir` beside whoever writes it, and changes nothing. A log that is not there yet reads as empty. */
export function openForReading(dir: string): LogDatabase {
  const file = logFile(dir);
  if (existsSync(file)) {
    const existing = openExisting(file, dir);
    if (existing.version > 0) return existing;
    existing[Symbol.dispose]();
  }
  const db = new Database(":memory:");
  migrate(db);
  return { db, version: LOG_VERSION, [Symbol.dispose]: () => void db.close() };
}

function openExisting(file: string, dir: string): LogDatabase {
  using owned = new DisposableStack();
  const open = (): Database.Database => new Database(file, { readonly: true, timeout: BUSY_TIMEOUT });
  const db = owned.adopt(open(), (opened) => opened.close());
  const version = versionOf(db, dir);
  const kept = owned.move();
  return { db, version, [Symbol.dispose]: () => kept.dispose() };
}

/**
 * Looks at the log without the right to write: even closing a file that was opened for writing would checkpoint its
 * journal into it, and a newer or damaged log must stay as it is byte for byte.
 */
function inspect(file: string, dir: string): void {
  using _closed = openExisting(file, dir);
}

/** The log's version; 0 where the file is still empty (its maker died at once). Throws where it is newer, or no log. */
function versionOf(db: Database.Database, dir: string): number {
  const version = Number(db.pragma("user_version", { simple: true }));
  const application = Number(db.pragma("application_id", { simple: true }));
  const tables = db.prepare<[], number>("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (version === 0 && application === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID || version < 1) {
    throw new FailureError(failures.damaged(dir, "log.db is a database, but not a log of Oriel"));
  }
  if (version > LOG_VERSION) throw new FailureError(failures.newer(dir, version, LOG_VERSION));
  return version;
}
