/**
 * How much of what each writer types a shell has got, so that what is sent again after a lost connection is applied once:
 * see shared/terminal/protocol.ts.
 */
import { FailureError } from "#shared/kernel/failure.ts";

export interface TypedPlace {
  readonly writer: string;
  /** Of the first byte, in all that this writer typed into this terminal. */
  readonly offset: number;
}

export interface Typed {
  /** Bytes of `writer` that were taken; 0 for one that is not known. */
  taken(writer: string): number;
  /**
   * Those of `bytes` that were not taken before: they are now. Throws FailureError `input_gap` where bytes before them
   * never came.
   */
  take(bytes: Uint8Array, place: TypedPlace): Uint8Array;
}

/** A page that is reloaded is a new writer: those that typed longest ago are forgotten. */
const MAX_WRITERS = 256;

export function createTyped(): Typed {
  const writers = new Map<string, number>();
  return {
    taken: (writer) => writers.get(writer) ?? 0,
    take(bytes, { writer, offset }) {
      const before = writers.get(writer) ?? offset;
      if (offset > before) throw gap(offset, before);
      const fresh = bytes.subarray(Math.min(before - offset, bytes.byteLength));
      writers.delete(writer);
      writers.set(writer, before + fresh.byteLength);
      const [oldest] = writers.keys();
      if (writers.size > MAX_WRITERS && oldest !== undefined) writers.delete(oldest);
      return fresh;
    },
  };
}

const gap = (offset: number, before: number) =>
  new FailureError({
    code: "input_gap",
    message: `The terminal got what was typed up to byte ${before}, and now byte ${offset}.`,
    kept: "Nothing of it was typed.",
    hint: "Ask what it has got, and send the rest again.",
  });
