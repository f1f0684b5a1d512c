import { stripVTControlCharacters } from "node:util";
import type { RunningCommand } from "../agent.ts";

/** How much of a command's output the model sees: bytes from its beginning and from its end. */
export const HEAD_BYTES = 8 * 1024;
export const TAIL_BYTES = 8 * 1024;

/** Bytes of a program as a model can read them: UTF-8 with U+FFFD for what is not, no colours, no control characters. */
export function readable(bytes: Uint8Array): string {
  const text = stripVTControlCharacters(new TextDecoder().decode(bytes)).replaceAll("\r\n", "\n");
  // A NUL or a bell says nothing to a model, and some servers refuse a request that has one.
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd");
}

/**
 * The output from byte `offset` on: whole where it is short, else its head and tail around a line that says how much
 * was left out. Reads only what it shows. `end` is where the output ended when it was read.
 */
export async function outputFrom(
  command: Pick<RunningCommand, "read">,
  offset: number,
): Promise<{ text: string; end: number }> {
  const head = await readUpTo(command, offset, HEAD_BYTES + TAIL_BYTES);
  const end = head.total;
  // A daemon that kept only a part of a huge output begins later than it was asked to.
  const lost = head.offset > offset ? `[… ${head.offset - offset} bytes were not kept …]\n` : "";
  if (head.offset + head.bytes.length >= end) return { text: lost + readable(head.bytes), end };
  const first = wholeCharacters(head.bytes.subarray(0, HEAD_BYTES));
  const tail = await readUpTo(command, end - TAIL_BYTES, TAIL_BYTES);
  const last = tail.bytes.subarray(firstCharacter(tail.bytes));
  const leftOut = tail.offset + tail.bytes.length - last.length - head.offset - first.length;
  const middle = `[… ${leftOut} bytes left out; ${end} bytes in total …]`;
  return { text: `${lost}${readable(first)}\n${middle}\n${readable(last)}`, end };
}

/** Reads until there is nothing more, or `maxBytes`: one read may give less than it was asked for. */
async function readUpTo(
  command: Pick<RunningCommand, "read">,
  offset: number,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; offset: number; total: number }> {
  const first = await command.read(offset, maxBytes);
  const pieces = [first.bytes];
  let [size, last] = [first.bytes.length, first];
  while (last.bytes.length > 0 && size < maxBytes && first.offset + size < last.total) {
    last = await command.read(first.offset + size, maxBytes - size);
    pieces.push(last.bytes);
    size += last.bytes.length;
  }
  return {
    bytes: Buffer.concat(pieces),
    offset: first.offset,
    total: Math.max(last.total, first.offset + size),
  };
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Where the first whole UTF-8 character begins: a cut may have left up to three bytes of another before it. */
function firstCharacter(bytes: Uint8Array): number {
  let at = 0;
  while (at < 3 && isContinuation(bytes[at])) at += 1;
  return at;
}

/** Without the beginning of a character that the cut left at the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let at = bytes.length - 1;
  while (at > bytes.length - 4 && isContinuation(bytes[at])) at -= 1;
  const lead = bytes[at] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return at + length > bytes.length ? bytes.subarray(0, at) : bytes;
}
