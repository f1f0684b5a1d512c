/**
 * What is typed into a pty. node-pty writes on another thread, which costs a key more than all else on its way, and
 * tries without a pause while a program does not read. So a key is written here, at once, and what the pty does not take
 * is tried again a little later.
 */
import { writeSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { IPty } from "node-pty";

const RETRY_MS = 5;
/** What waits for a program to read it: in bytes. */
const MAX_WAITING = 2 * 1024 * 1024;
/** Who writes hears of it when no more than this waits, and so goes on no faster than the program reads. */
const FEW_WAITING = 256 * 1024;

/** Disposing forgets what was not taken. */
export interface PtyInput extends Disposable {
  /** Whether so many bytes may be written. */
  hasRoom(bytes: number): boolean;
  /** Writes `bytes` after all that was written before. Resolves when little waits; nothing where that is so now. */
  write(bytes: Uint8Array): Promise<void> | void;
}

export function createPtyInput(pty: IPty): PtyInput {
  // Not told by the types: the master's descriptor, which never blocks, and the stream that reads and closes it. A closed
  // descriptor may be another file by the next write. Neither is there on Windows.
  const fd: unknown = Reflect.get(pty, "fd");
  const reader: unknown = Reflect.get(pty, "_socket");
  if (typeof fd !== "number" || !(reader instanceof ReadStream)) {
    return {
      hasRoom: () => true,
      write: (bytes) => pty.write(Buffer.from(bytes)),
      [Symbol.dispose]() {},
    };
  }
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | null = null;
  let fewWait: PromiseWithResolvers<void> | null = null;

  const forget = (): void => {
    waiting = [];
    waitingBytes = 0;
  };
  const pump = (): void => {
    timer = null;
    for (let piece = waiting[0]; piece && timer === null; piece = waiting[0]) {
      const taken = reader.destroyed ? null : tryWrite(fd, piece);
      if (taken === null) forget();
      else {
        waitingBytes -= taken;
        if (taken === piece.byteLength) waiting.shift();
        else {
          waiting[0] = piece.subarray(taken);
          // A program that reads makes room for some kilobytes at a time.
          timer = setTimeout(pump, taken > 0 ? 0 : RETRY_MS);
        }
      }
    }
    tell();
  };
  const tell = (): void => {
    if (waitingBytes > FEW_WAITING) return;
    fewWait?.resolve();
    fewWait = null;
  };
  return {
    hasRoom: (bytes) => waitingBytes + bytes <= MAX_WAITING,
    write(bytes) {
      if (bytes.byteLength === 0) return;
      waiting.push(bytes);
      waitingBytes += bytes.byteLength;
      if (timer === null) pump();
      if (waitingBytes <= FEW_WAITING) return;
      fewWait ??= Promise.withResolvers();
      return fewWait.promise;
    },
    [Symbol.dispose]() {
      if (timer) clearTimeout(timer);
      forget();
      tell();
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
