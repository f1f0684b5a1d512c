/**
 * Frames on the daemon's socket: u32 length of the payload (big endian), u8 kind, payload. What is in a payload is
 * protocol.ts's; this file only cuts a stream of bytes into frames and never holds more than one frame too many.
 */
import { FailureError } from "#shared/kernel/failure.ts";

const HEADER_BYTES = 5;

/** The parts of one frame in one buffer, copied: the caller may reuse its buffers at once. */
export function encodeFrame(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt8(kind, 4);
  let at = HEADER_BYTES;
  for (const part of parts) {
    frame.set(part, at);
    at += part.byteLength;
  }
  return frame;
}

/**
 * A function that takes the stream's pieces as they come and calls `onFrame` for each whole frame. `payload` is valid
 * during the call only. Throws FailureError `bad_frame` on a frame over `maxBytes`: the stream is lost from there on.
 */
export function frameDecoder(maxBytes: number, onFrame: (kind: number, payload: Buffer) => void) {
  let waiting: Buffer[] = [];
  let size = 0;
  let needed = HEADER_BYTES;

  return (piece: Buffer): void => {
    waiting.push(piece);
    size += piece.length;
    if (size < needed) return;
    let bytes = waiting.length === 1 ? piece : Buffer.concat(waiting, size);
    needed = HEADER_BYTES;
    while (bytes.length >= needed) {
      const length = bytes.readUInt32BE(0);
      if (length > maxBytes) throw tooLarge(length, maxBytes);
      needed = HEADER_BYTES + length;
      if (bytes.length < needed) break;
      onFrame(bytes.readUInt8(4), bytes.subarray(HEADER_BYTES, needed));
      bytes = bytes.subarray(needed);
      needed = HEADER_BYTES;
    }
    waiting = bytes.length > 0 ? [bytes] : [];
    size = bytes.length;
  };
}

const tooLarge = (length: number, maxBytes: number) =>
  new FailureError({
    code: "bad_frame",
    message: `A frame of ${length} bytes was announced; at most ${maxBytes} are allowed.`,
  });
