/**
 * What is typed into a pty. node-pty writes on another thread, which costs a key more than all else on its way, and
 * tries without a pause while a program does not read. So a key is written here, at once, and what the pty does not take
 * is tried again a little later.
 */
import { writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { IPty } from "node-pty";

const RETRY_MS = 5;

/** Disposing forgets what was not taken. */
export interface PtyInput extends Disposable {
  /** Writes `bytes` after all that was written before. */
  write(bytes: Uint8Array): void;
}

export function createPtyInput(pty: IPty): PtyInput {
  // Not told by the types: the master's descriptor, which never blocks, and the stream that reads and closes it. A closed
  // descriptor may be another file by the next write. Neither is there on Windows.
  const fd: unknown = Reflect.get(pty, "fd");
  const reader: unknown = Reflect.get(pty, "_socket");
  if (typeof fd !== "number" || !(reader instanceof ReadStream)) {
    return { write: (bytes) => pty.write(Buffer.from(bytes)), [Symbol.dispose]() {} };
  }
  let waiting: Uint8Array[] = [];
  let timer: NodeJS.Timeout | null = null;

  const pump = (): void => {
    timer = null;
    for (let piece = waiting[0]; piece; piece = waiting[0]) {
      const taken = reader.destroyed ? null : tryWrite(fd, piece);
      if (taken === null) waiting = [];
      else if (taken === piece.byteLength) waiting.shift();
      else {
        waiting[0] = piece.subarray(taken);
        // A program that reads makes room for some kilobytes at a time.
        timer = setTimeout(pump, taken > 0 ? 0 : RETRY_MS);
        return;
      }
    }
  };
  return {
    write(bytes) {
      if (bytes.byteLength === 0) return;
      waiting.push(bytes);
      if (timer === null) pump();
    },
    [Symbol.dispose]() {
      if (timer) clearTimeout(timer);
      waiting = [];
    },
  };
}

/** How many bytes were taken; null where nobody will ever read. */
function tryWrite(fd: number, bytes: Uint8Array): number | null {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    return code === "EAGAIN" || code === "EINTR" ? 0 : null;
  }
}
