/**
 * The last that a shell says. node-pty closes a pty 200 ms after its shell has ended, and what is not read by then is
 * lost: where reading rests because the parser is behind, or where this process had no turn meanwhile.
 */
import { readSync } from "node:fs";
import { ReadStream } from "node:tty";
import type { IPty } from "node-pty";

/** What Linux gives of a pty at a time. */
const PIECE_BYTES = 4096;
/** Many times what a pty holds: what comes behind so much was written when the shell had ended, by what it has left. */
const MOST_BYTES = 1024 * 1024;

/** From now on all that was written to `pty` before its shell's end comes as its data, and before its end does. */
export function readToTheEnd(pty: IPty): void {
  // Not told by the types, as in pty-input.ts; neither is there on Windows.
  const fd: unknown = Reflect.get(pty, "fd");
  const reader: unknown = Reflect.get(pty, "_socket");
  if (typeof fd !== "number" || !(reader instanceof ReadStream)) return;
  const destroy = reader.destroy.bind(reader);
  let isRead = false;
  // Whoever closes it, node-pty or a failed read, does so by this.
  reader.destroy = (error) => {
    if (!isRead && !reader.destroyed) {
      isRead = true;
      while (reader.read() !== null) {
        // What was read before it rested goes to its listeners by that.
      }
      for (let left = MOST_BYTES; left > 0;) {
        const bytes = readNow(fd);
        if (bytes === null) break;
        reader.emit("data", bytes);
        left -= bytes.byteLength;
      }
    }
    return destroy(error);
  };
}

/** Null where nothing is there now, or nothing will ever be. */
function readNow(fd: number): Buffer | null {
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  try {
    const length = readSync(fd, piece);
    return length > 0 ? piece.subarray(0, length) : null;
  } catch {
    return null;
  }
}
