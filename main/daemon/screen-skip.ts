/**
 * What of a flood need not be parsed. Text, line ends, colours and "erase to the end of the line" change nothing but
 * the lines they are on and the colours that hold afterwards. So in the main screen, without a scrolling region, all of
 * it that scrolls out of the scrollback may be left out, except for the colours.
 */
import type { Terminal } from "@xterm/headless";
import { field } from "#shared/terminal/xterm-field.ts";

export interface Plain {
  /** Line feeds before `end`. */
  readonly lines: number;
  /** What is after it is the beginning of a character or of a sequence. */
  readonly end: number;
}

const ESC = 0x1b;
/** The end of an unfinished sequence that still may become a plain one. Longer ones are not plain. */
const MAX_SEQUENCE = 64;

/** Null where `bytes` have anything but text, line ends, tabs, backspaces, bells, SGR and EL. Begins at rest. */
export function scanPlain(bytes: Uint8Array): Plain | null {
  let lines = 0;
  const length = bytes.byteLength;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x20 && byte < 0x7f) continue;
    if (byte === 0x0a) lines += 1;
    else if (byte === ESC) {
      const final = finalOf(bytes, at);
      if (final === "unfinished") return { lines, end: at };
      if (final === null) return null;
      at = final;
    } else if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (at + size > length) return { lines, end: at };
      // U+0080 to U+009F are controls: U+009B begins a sequence.
      if (byte === 0xc2 && (bytes[at + 1] ?? 0) < 0xa0) return null;
    } else if (byte < 0x80 && byte !== 0x0d && byte !== 0x09 && byte !== 0x08 && byte !== 0x07) return null;
  }
  return { lines, end: length };
}

/** Where the SGR or EL that begins at `start` ends, or null where it is another sequence. */
function finalOf(bytes: Uint8Array, start: number): number | "unfinished" | null {
  const limit = Math.min(bytes.byteLength, start + MAX_SEQUENCE);
  if (start + 1 >= bytes.byteLength) return "unfinished";
  if (bytes[start + 1] !== 0x5b) return null;
  for (let at = start + 2; at < limit; at++) {
    const byte = bytes[at] ?? 0;
    // Digits, `:` and `;`.
    if (byte >= 0x30 && byte <= 0x3b) continue;
    return byte === 0x6d || byte === 0x4b ? at : null;
  }
  return limit === bytes.byteLength ? "unfinished" : null;
}

const RESETS = ["\x1b[0m", "\x1b[m"];

/** The SGR sequences of plain `bytes` that may still hold at their end: those from the last reset on. */
export function leftColours(bytes: Buffer): Buffer {
  const from = Math.max(0, ...RESETS.map((reset) => bytes.lastIndexOf(reset)));
  const parts: Buffer[] = [];
  for (let at = bytes.indexOf(ESC, from); at >= 0; at = bytes.indexOf(ESC, at + 1)) {
    const final = finalOf(bytes, at);
    if (typeof final === "number" && bytes[final] === 0x6d) parts.push(bytes.subarray(at, final + 1));
  }
  return Buffer.concat(parts);
}

/** Whether a line feed at the bottom moves the top line into the scrollback, for good. */
export const canSkip = ({ buffer, modes }: Terminal): boolean =>
  buffer.active.type === "normal" && !modes.insertMode && !modes.originMode;

/**
 * Whether the parser is in the midst of no sequence and no character. xterm says so nowhere; without these fields of
 * 6.0.0 nothing is ever skipped, and a test says so.
 */
export function isAtRest(terminal: Terminal): boolean {
  return parserState(terminal) === 0 && interimOf(terminal)?.every((byte) => byte === 0) === true;
}

/** The bytes of a character that has not ended yet; zeros where there is none. */
function interimOf(terminal: Terminal): Uint8Array | null {
  const interim = field(field(handlerOf(terminal), "_utf8Decoder"), "interim");
  return interim instanceof Uint8Array ? interim : null;
}

const OSC_STATE = 8;
/** OSC; DCS that is ignored; DCS. Not SOS, PM and APC: nothing of them is held, and any letter that is not ASCII ends them. */
const STRING_STATES: readonly unknown[] = [OSC_STATE, 11, 13];
/** ESC, CAN and SUB. */
const END_STRING = [ESC, 0x18, 0x1a];

/**
 * Where `bytes` may end the title, clipboard, picture or the like that the parser is in the midst of; their length where
 * they only go on with it; null where it is in none.
 */
export function endOfString(terminal: Terminal, bytes: Uint8Array): number | null {
  const state = parserState(terminal);
  if (!STRING_STATES.includes(state)) return null;
  const interim = interimOf(terminal);
  if (interim?.[0] === C1_LEAD && isC1(bytes[0])) return 0;
  const ends = (state === OSC_STATE ? [...END_STRING, BEL] : END_STRING)
    .map((byte) => bytes.indexOf(byte))
    .filter((at) => at >= 0);
  let c1 = bytes.indexOf(C1_LEAD);
  while (c1 >= 0 && c1 + 1 < bytes.length && !isC1(bytes[c1 + 1])) c1 = bytes.indexOf(C1_LEAD, c1 + 1);
  return Math.min(bytes.length, ...ends, ...(c1 >= 0 ? [c1] : []));
}

const BEL = 0x07;
/** U+0080 to U+009F are this byte and one of these in UTF-8. */
export const C1_LEAD = 0xc2;
const isC1 = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xe0) === 0x80;

/** ESC, and U+0090 to U+009F in UTF-8: what was not finished before one of them never will be. */
const beginsSequence = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === ESC || (bytes[at] === 0xc2 && ((bytes[at + 1] ?? 0) & 0xf0) === 0x90);
const LAST_CSI_STATE = 6;
/** A sequence has some numbers: more has no meaning. */
const MAX_SEQUENCE_BYTES = 4096;
/** No title and no link is longer. What goes on for longer has no end, and is cut here: xterm holds it at some 32 times its size. */
export const MAX_STRING_BYTES = 64 * 1024;

/**
 * The beginning of a sequence or a character that `pieces`, which were just parsed, end with; empty at rest. `before`: what
 * was not finished before them. Parsed by another terminal it leaves that in the same state, and does nothing else.
 */
export function unfinishedOf(
  terminal: Terminal,
  before: Uint8Array,
  pieces: readonly Uint8Array[],
): Uint8Array {
  const state = parserState(terminal);
  if (isAtRest(terminal) || typeof state !== "number") return new Uint8Array(0);
  const isSequence = state <= LAST_CSI_STATE;
  const most = isSequence ? MAX_SEQUENCE_BYTES : MAX_STRING_BYTES;
  const all = Buffer.concat([before, ...pieces]);
  const begins = (at: number): boolean => (state === 0 ? (all[at] ?? 0) >= 0xc0 : beginsSequence(all, at));
  let start = all.length - 1;
  // It may be cut in two where the pieces begin.
  while (start >= before.length && !begins(start)) start -= 1;
  if (start < 0 || !begins(start)) start = 0;
  if (start === 0 && before.length >= most) return before;
  const unfinished = all.subarray(start, start + most);
  if (state === 0) return new Uint8Array(unfinished);
  // A control character within a sequence, or before it was a string, was obeyed at once.
  const second = unfinished.findIndex((byte, at) => at > 0 && byte >= 0x20);
  const obeyed = isSequence || second < 0 ? unfinished.length : second;
  const kept = unfinished.subarray(0, obeyed).filter((byte, at) => at === 0 || byte >= 0x20);
  return new Uint8Array(Buffer.concat([kept, unfinished.subarray(obeyed)]));
}

const handlerOf = (terminal: Terminal): unknown => field(field(terminal, "_core"), "_inputHandler");
const parserState = (terminal: Terminal): unknown =>
  field(field(handlerOf(terminal), "_parser"), "currentState");
