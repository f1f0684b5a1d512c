/**
 * A pty gives 4 kB at most at a time, and each piece that goes on to another thread or socket costs as much as the
 * bytes in it. What comes within one turn of the event loop goes on together.
 */
export interface Batch {
  /** Keeps `bytes` until the next flush. */
  add(bytes: Uint8Array): void;
  /** Passes on at once what was added. */
  flush(): void;
}

const MAX_BYTES = 64 * 1024;

/** `onBytes` owns what it is given. */
export function createBatch(onBytes: (bytes: Uint8Array<ArrayBuffer>) => void): Batch {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let isScheduled = false;

  const flush = (): void => {
    if (size === 0) return;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    pieces = [];
    size = 0;
    onBytes(whole);
  };
  return {
    add(bytes) {
      pieces.push(bytes);
      size += bytes.byteLength;
      if (size >= MAX_BYTES) return flush();
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(() => {
        isScheduled = false;
        flush();
      });
    },
    flush,
  };
}
