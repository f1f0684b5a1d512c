import Database from "better-sqlite3";

/** Keeps what is held: a connection that only a forgotten lock refers to would be collected, and the lock with it. */
const held = new Set<Database.Database>();

/**
 * Holds the file at `path` for this process, or returns null where another holder has it. The lock is SQLite's
 * exclusive one: the kernel drops it when its holder dies, however it dies, so it can't go stale as a pid file does.
 * Nothing else may open the file: closing any descriptor of it in this process would drop the lock (POSIX).
 */
export function holdFile(path: string): Disposable | null {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
  held.add(db);
  return {
    [Symbol.dispose]() {
      db.close();
      held.delete(db);
    },
  };
}
