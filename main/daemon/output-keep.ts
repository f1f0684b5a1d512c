/** The output of a command within bounds: the first bytes, the last bytes, and the count of all of them. */
export interface KeptOutput {
  readonly total: number;
  /**
   * Up to `maxBytes` kept bytes from byte `offset` on, as a copy. Where those of `offset` were dropped, the answer
   * starts at the next kept byte: `offset` in the answer says where. Empty at the end.
   */
  read(offset: number, maxBytes: number): { bytes: Buffer; offset: number; total: number };
}

export interface OutputKeep extends KeptOutput {
  /** Takes a copy. */
  append(bytes: Uint8Array): void;
  /** All that is kept, as a copy. */
  kept(): Buffer;
}

/** Both halves start small and double, so that a command that prints a line costs a line. */
const FIRST_BYTES = 4096;

/** Keeps the first and the last `keepBytes / 2` bytes. */
export function createOutputKeep(keepBytes: number): OutputKeep {
  const half = Math.floor(keepBytes / 2);
  let head = Buffer.alloc(0);
  let headLength = 0;
  /** A ring once it has its full size: the byte with number `half + n` of the output is at `n % half`. */
  let tail = Buffer.alloc(0);
  let total = 0;

  const appendHead = (bytes: Uint8Array): number => {
    const taken = Math.min(bytes.byteLength, half - headLength);
    if (taken === 0) return 0;
    head = grown(head, headLength + taken, half);
    head.set(bytes.subarray(0, taken), headLength);
    headLength += taken;
    return taken;
  };

  const appendTail = (bytes: Uint8Array, from: number): void => {
    const last = bytes.byteLength > half ? bytes.subarray(bytes.byteLength - half) : bytes;
    const position = from + bytes.byteLength - last.byteLength;
    tail = grown(tail, Math.min(half, position + last.byteLength), half);
    const at = position % half;
    const first = Math.min(last.byteLength, half - at);
    tail.set(last.subarray(0, first), at);
    tail.set(last.subarray(first), 0);
  };

  const read: OutputKeep["read"] = (offset, maxBytes) => {
    const from = Math.min(offset, total);
    if (from >= headLength) return readTail(Math.max(from, total - half, half), maxBytes);
    const fromHead = head.subarray(from, Math.min(headLength, from + maxBytes));
    const isWhole = total <= half * 2;
    const rest = isWhole ? readTail(half, maxBytes - fromHead.length).bytes : NOTHING;
    return { bytes: Buffer.concat([fromHead, rest]), offset: from, total };
  };

  const readTail = (start: number, maxBytes: number) => {
    const length = Math.max(0, Math.min(maxBytes, total - start));
    const at = (start - half) % half;
    const first = Math.min(length, half - at);
    const bytes =
      length === 0
        ? NOTHING
        : Buffer.concat([tail.subarray(at, at + first), tail.subarray(0, length - first)]);
    return { bytes, offset: Math.min(start, total), total };
  };

  return {
    get total() {
      return total;
    },
    append(bytes) {
      const taken = appendHead(bytes);
      if (taken < bytes.byteLength) appendTail(bytes.subarray(taken), total + taken - half);
      total += bytes.byteLength;
    },
    read,
    kept: () => Buffer.concat([read(0, half).bytes, read(half, half).bytes]),
  };
}

const NOTHING = Buffer.alloc(0);

/** What `kept` gave once, of an output of `total` bytes: where some were dropped, its halves are the first and the last of them. */
export function keptOutput(bytes: Buffer, total: number): KeptOutput {
  const half = bytes.length / 2;
  const dropped = total - bytes.length;
  return {
    total,
    read(offset, maxBytes) {
      const from = Math.min(offset, total);
      if (dropped === 0) return { bytes: bytes.subarray(from, from + maxBytes), offset: from, total };
      if (from < half)
        return { bytes: bytes.subarray(from, Math.min(half, from + maxBytes)), offset: from, total };
      const start = Math.max(from, half + dropped);
      const at = start - dropped;
      return { bytes: bytes.subarray(at, at + maxBytes), offset: start, total };
    },
  };
}

function grown(buffer: Buffer<ArrayBuffer>, needed: number, limit: number): Buffer<ArrayBuffer> {
  if (buffer.length >= needed) return buffer;
  const larger = Buffer.alloc(Math.min(limit, Math.max(FIRST_BYTES, needed, buffer.length * 2)));
  larger.set(buffer);
  return larger;
}
