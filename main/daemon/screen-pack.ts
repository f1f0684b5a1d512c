/**
 * A screen at rest, small. xterm has 12 bytes for each cell: 10,000 lines are 14 MB, most of them spaces. Their cells are
 * taken out and deflated; all else of the terminal (modes, marks, colours, an unfinished sequence) stays as it is, so
 * that it goes on after `unpack` as if nothing had been. Nothing may touch the terminal in between.
 *
 * xterm 6.0.0 has no interface for this. Where its fields are not those that are known here, nothing is packed, and a
 * test says so.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Terminal } from "@xterm/headless";
import { field } from "#shared/terminal/xterm-field.ts";

export interface Packed {
  unpack(): void;
}

/** What is known of xterm's BufferLine. */
interface Line {
  _data: Uint32Array;
  readonly _combined: object;
  readonly _extendedAttrs: object;
  length: number;
  isWrapped: boolean;
  clone(): Line;
  resize(cols: number, fill: unknown): boolean;
}
type LineClass = new (cols: number) => Line;
type Which = "normal" | "alt";
type Slots = (Line | undefined)[];

/** Levels above cost more time than they save. */
const FAST = { level: 1 };

/** Null where it can't be done. */
export function pack(terminal: Terminal): Packed | null {
  const all = [slotsOf(terminal, "normal"), slotsOf(terminal, "alt")];
  const cleanups = [cleanupOf(terminal, "normal"), cleanupOf(terminal, "alt")];
  if (all.includes(null) || cleanups.includes(null)) return null;
  // After a resize it looks at the lines once more, some time later.
  for (const cleanup of cleanups) cleanup?.clear();
  const packed = all.map((slots) => slots && packLines(slots));
  return { unpack: () => packed.forEach((lines) => lines?.unpack()) };
}

function packLines(slots: Slots): Packed {
  const lines = slots.filter((line) => line !== undefined);
  const cells = deflateRawSync(Buffer.concat(lines.map(({ _data }) => bytesOf(_data))), FAST);
  const LineOf = classOf(lines[0]);
  /** Of each line whether it wraps, its columns, and the numbers its cells have; 0 where there is none. */
  const shapes = new Uint32Array(slots.length * 2);
  for (const [index, line] of slots.entries()) {
    if (!line) continue;
    shapes[index * 2] = (line.length << 2) | (line.isWrapped ? 2 : 0) | 1;
    shapes[index * 2 + 1] = line._data.length;
    line._data = NO_CELLS;
    if (LineOf && isPlain(line)) slots[index] = undefined;
  }
  return {
    unpack() {
      const { buffer, byteOffset, byteLength } = inflateRawSync(cells);
      // At an offset where numbers may begin.
      const numbers = new Uint32Array(buffer.slice(byteOffset, byteOffset + byteLength));
      let at = 0;
      for (let index = 0; index < slots.length; index++) {
        const shape = shapes[index * 2] ?? 0;
        if (shape === 0) continue;
        const end = at + (shapes[index * 2 + 1] ?? 0);
        const line = slots[index] ?? (LineOf && new LineOf(0));
        if (!line) continue;
        line._data = numbers.subarray(at, end);
        line.length = shape >> 2;
        line.isWrapped = (shape & 2) !== 0;
        slots[index] = line;
        at = end;
      }
    },
  };
}

const SLAB_NUMBERS = 64 * 1024;
const patched = new WeakSet<object>();

/**
 * Makes the lines of all terminals take their cells from large pieces of memory. Ten thousand small ones are never given
 * back to the system once they are free; large ones are, at once (see launch.ts).
 */
export function useSlabs(terminal: Terminal): void {
  const LineOf = classOf(slotsOf(terminal, "normal")?.[0]);
  if (!LineOf || patched.has(LineOf)) return;
  patched.add(LineOf);
  const { prototype } = LineOf;
  const { resize } = prototype;
  let slab = new Uint32Array(0);
  prototype.clone = function clone(this: Line): Line {
    const copy = new LineOf(0);
    const size = this._data.length;
    if (size > slab.length) slab = new Uint32Array(Math.max(size, SLAB_NUMBERS));
    copy._data = slab.subarray(0, size);
    slab = slab.subarray(size);
    copy._data.set(this._data);
    copy.length = this.length;
    Object.assign(copy._combined, this._combined);
    Object.assign(copy._extendedAttrs, this._extendedAttrs);
    copy.isWrapped = this.isWrapped;
    return copy;
  };
  // It takes the memory behind its cells for its own.
  prototype.resize = function resizeAlone(this: Line, cols: number, fill: unknown): boolean {
    if (this._data.byteLength !== this._data.buffer.byteLength) this._data = this._data.slice();
    return resize.call(this, cols, fill);
  };
}

const NO_CELLS = new Uint32Array(0);

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const isPlain = ({ _combined, _extendedAttrs }: Line): boolean =>
  Object.keys(_combined).length === 0 && Object.keys(_extendedAttrs).length === 0;

const bufferOf = (terminal: Terminal, screen: Which): unknown =>
  field(field(field(terminal, "_core"), "buffers"), screen);

function cleanupOf(terminal: Terminal, screen: Which): { clear(): void } | null {
  const queue = field(bufferOf(terminal, screen), "_memoryCleanupQueue");
  return isClearable(queue) ? queue : null;
}
const isClearable = (value: unknown): value is { clear(): void } =>
  typeof field(value, "clear") === "function";

/** The lines of one of its two screens, in the order in which its ring has them. Those that it has let go are removed. */
function slotsOf(terminal: Terminal, screen: Which): Slots | null {
  const ring = field(bufferOf(terminal, screen), "lines");
  const slots = field(ring, "_array");
  const start = field(ring, "_startIndex");
  const length = field(ring, "length");
  if (!Array.isArray(slots) || typeof start !== "number" || typeof length !== "number") return null;
  for (let past = length; past < slots.length; past++) slots[(start + past) % slots.length] = undefined;
  return slots.every(isLineOrNone) ? slots : null;
}

const isLineOrNone = (slot: unknown): slot is Line | undefined =>
  slot === undefined ||
  (field(slot, "_data") instanceof Uint32Array &&
    typeof field(slot, "_combined") === "object" &&
    typeof field(slot, "_extendedAttrs") === "object" &&
    typeof field(slot, "length") === "number" &&
    typeof field(slot, "isWrapped") === "boolean" &&
    typeof field(slot, "resize") === "function" &&
    typeof field(slot, "clone") === "function");

const isLineClass = (value: unknown): value is LineClass =>
  typeof value === "function" && value.prototype !== undefined;
const classOf = (line: Line | undefined): LineClass | null => {
  const found = line?.constructor;
  return isLineClass(found) ? found : null;
};
