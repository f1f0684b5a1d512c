import { statfsSync } from "node:fs";
import Database from "better-sqlite3";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Failure } from "#shared/kernel/failure.ts";

/** Why the log could not be opened, read or written. */
export type LogFailureCode =
  | "log_damaged"
  | "log_newer"
  | "log_locked"
  | "disk_full"
  | "not_writable"
  | "log_read_only"
  | "log_closed"
  | "log_stopped"
  | "event_not_found"
  | "blob_damaged";

export type LogFailure = Failure<LogFailureCode>;

const UNTOUCHED = "Nothing was overwritten.";
/** Below this, SQLite can't even grow its shared memory file, and reports an I/O error instead of a full disk. */
const SMALLEST_USEFUL_SPACE = 64 * 1024;

/** Each failure in the person's words. `dir` is the folder that holds the log, `details` the tool's own words. */
export const failures = {
  damaged: (dir: string, details: string): LogFailure => ({
    code: "log_damaged",
    message: "Oriel's log is damaged and can't be read any further.",
    kept: `${UNTOUCHED} Worktrees, branches and what was merged are not part of the log.`,
    hint: `Quit Oriel and put a copy of ${dir} back from a backup. Without one, move log.db, log.db-wal and log.db-shm out of ${dir} and keep them: Oriel then starts with an empty log, and "sqlite3 log.db .recover" may still save what is in them.`,
    details,
  }),
  newer: (dir: string, found: number, known: number): LogFailure => ({
    code: "log_newer",
    message: "Oriel's log was written by a newer version of Oriel.",
    kept: UNTOUCHED,
    hint: `Install the newest Oriel, or use another data directory than the one of ${dir}.`,
    details: `The log has version ${found}; this Oriel knows up to ${known}.`,
  }),
  locked: (dir: string, details: string): LogFailure => ({
    code: "log_locked",
    message: "Another program holds Oriel's log.",
    kept: "Nothing was stored, and nothing was overwritten.",
    hint: `Use the Oriel that is running already, or end the program that has ${dir}/log.db open, then try again.`,
    details,
  }),
  diskFull: (dir: string, details: string): LogFailure => ({
    code: "disk_full",
    message: "The disk that holds Oriel's data is full.",
    kept: "Nothing of this step was stored; everything before it is kept.",
    hint: `Free some space on the disk of ${dir}, then try again.`,
    details,
  }),
  notWritable: (dir: string, details: string): LogFailure => ({
    code: "not_writable",
    message: "Oriel can't write its data.",
    kept: "Nothing of this step was stored; everything before it is kept.",
    hint: `Make ${dir} a folder that you may write to, on a disk that works, or use another data directory.`,
    details,
  }),
  readOnly: (): LogFailure => ({
    code: "log_read_only",
    message: "The log is open for reading only.",
    kept: "Nothing was changed.",
  }),
  closed: (): LogFailure => ({ code: "log_closed", message: "The log is closed." }),
  stopped: (details: string): LogFailure => ({
    code: "log_stopped",
    message: "The part of Oriel that keeps the log ended unexpectedly.",
    kept: "Everything that was confirmed is kept. What was under way is either stored whole or not at all.",
    hint: "Restart Oriel.",
    details,
  }),
  eventNotFound: (id: number): LogFailure => ({
    code: "event_not_found",
    message: `There is no event ${id} in the log.`,
  }),
  blobDamaged: (hash: string, file: string): LogFailure => ({
    code: "blob_damaged",
    message: "A stored output is damaged: it is not what was written.",
    kept: "The file was left as it is; the log still has the beginning and the end of the output.",
    hint: `Put ${file} back from a backup.`,
    details: `The content no longer has the SHA-256 ${hash}.`,
  }),
};

/** What went wrong, by the cause that SQLite or the system names; null where it is a surprise. */
export function storageFailure(error: unknown, dir: string): LogFailure | null {
  if (error instanceof Database.SqliteError) return sqliteFailure(error, dir);
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return systemFailure(error.code, error.message, dir);
  }
  return null;
}

function sqliteFailure({ code, message }: { code: string; message: string }, dir: string): LogFailure | null {
  const details = `${code}: ${message}`;
  const kind = code.split("_")[1];
  switch (kind) {
    case "CORRUPT":
    case "NOTADB":
      return failures.damaged(dir, details);
    case "BUSY":
    case "LOCKED":
    case "PROTOCOL":
      return failures.locked(dir, details);
    case "FULL":
      return failures.diskFull(dir, details);
    case "READONLY":
    case "CANTOPEN":
    case "PERM":
      return failures.notWritable(dir, details);
    case "IOERR":
      if (hasNoSpace(dir)) return failures.diskFull(dir, details);
      return /READ|DATA|CORRUPTFS/.test(code)
        ? failures.damaged(dir, details)
        : failures.notWritable(dir, details);
    default:
      return null;
  }
}

function systemFailure(code: string, details: string, dir: string): LogFailure | null {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return failures.diskFull(dir, details);
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "EIO":
      return failures.notWritable(dir, details);
    default:
      return null;
  }
}

function hasNoSpace(dir: string): boolean {
  try {
    const space = statfsSync(dir);
    return space.bavail * space.bsize < SMALLEST_USEFUL_SPACE;
  } catch {
    return false;
  }
}

/** `error` with its cause named where it is a known one, as it is where it is a surprise. */
export function named(error: unknown, dir: string): unknown {
  if (error instanceof FailureError) return error;
  const failure = storageFailure(error, dir);
  return failure === null ? error : new FailureError(failure, { cause: error });
}
