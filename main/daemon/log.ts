import { appendFileSync, copyFileSync, statSync, truncateSync } from "node:fs";

/** Writes one line, with the time before it. */
export type Log = (line: string) => void;

const MAX_BYTES = 1024 * 1024;

/**
 * Lines to `file`. At a megabyte the file becomes `<file>.old` and starts afresh: by copy and truncate, because the
 * daemon's stdout and stderr hold it open for appending.
 */
export function createLog(file: string, maxBytes = MAX_BYTES): Log {
  return (line) => {
    try {
      if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) {
        copyFileSync(file, `${file}.old`);
        truncateSync(file);
      }
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
    } catch {
      // A full disk or a removed folder must not end the shells that this process holds.
    }
  };
}
