/**
 * A terminal's bytes, on a WebSocket of their own: `/terminal/ID`. They are the person's: not redacted, not stored.
 *
 * Host → client, binary: a screen or output, see `decodeFrame`. A screen replaces all that was shown before: it comes
 * when the client has said what screens it wants (`screens`), and again whenever this viewer was too slow. A short one has
 * the last lines of the scrollback alone: it is there at once, and the client may ask for the rest when somebody looks.
 * A client that says `writer` before it has whole ones. Output goes on from exactly where the screen or the output before
 * it ended. Text: JSON, see `terminalNews`.
 *
 * Client → host, binary: what was typed, see `encodeTyped`. Text: JSON, see `terminalWish`.
 *
 * Input: whoever types is a writer with an id of its own, and what it types in one terminal is one stream of bytes. Each
 * message says where in that stream it begins, and the host says up to where the shell has got it (`typed`). On each
 * connection the client first says who writes (`writer`), and the answer says what the shell has got of this writer: from
 * there on the client sends again what it kept. The daemon applies each byte once, whichever connection it came by: keys in
 * flight are neither lost nor doubled when the page, the host or the connection between host and daemon goes away. With
 * another `shell` in the answer, what was typed at the sight of the one before is dropped, not typed into another. A program
 * that does not read is waited for: the host says no more until it does, so a paste waits where it was typed.
 *
 * A client's terminal answers no query of a program (device attributes, where the cursor is, reports): the daemon does,
 * once, however many look. See queries.ts.
 *
 * Flow: the client acknowledges what it has shown, by the offset behind it (that of a screen is in its header). It may do
 * so for several frames at once, but always for the last that it got. With more than `WINDOW_BYTES` not acknowledged the
 * host sends nothing until the client has caught up, and then a fresh screen. A viewer that is slow, asleep or gone stalls
 * neither the shell nor another viewer.
 *
 * Closing the socket detaches the viewer; the shell goes on.
 */
import { z } from "zod";
import { storedFailure } from "../session/events.ts";

/** So much may be on its way to a viewer, in bytes. */
export const WINDOW_BYTES = 256 * 1024;
/** A viewer that had fallen behind is shown the screen again when less than this is on its way to it. */
export const CAUGHT_UP_BYTES = 32 * 1024;

/** Of a terminal's columns, and of its rows. */
export const MIN_GRID = 2;
export const MAX_GRID = 1000;
export const gridCount = z.number().int().min(MIN_GRID).max(MAX_GRID);

/** Chosen by the client, at random: a page that is reloaded is another writer. */
export const writerId = z.string().regex(/^[\w-]{8,64}$/);

/** Who writes on this connection: a wish that comes before anything is typed, answered by `typed`. */
const writerWish = z.object({ type: z.literal("writer"), id: writerId });

export const terminalWish = z.discriminatedUnion("type", [
  /**
   * From now on screens are short ones, or whole. The first such wish is answered by a screen; a later one only where a
   * short screen was sent last and whole ones are wanted.
   */
  z.object({ type: z.literal("screens"), short: z.boolean() }),
  z.object({ type: z.literal("resize"), cols: gridCount, rows: gridCount }),
  z.object({ type: z.literal("ack"), offset: z.number().int().min(0) }),
  /**
   * Drops screen and scrollback but for the line with the cursor, for all viewers: a screen follows. Not what a full-screen
   * program shows, or covers.
   */
  z.object({ type: z.literal("clear") }),
  writerWish,
]);
export type TerminalWish = z.infer<typeof terminalWish>;

/**
 * News: the shell has got what this writer typed, up to byte `offset`. The answer to `writer`, and then sent as it goes
 * on. A writer that the daemon does not know, or has forgotten, has 0 and may begin with any byte. `shell` is another one
 * after each start of a shell in this terminal.
 */
const typedNews = z.object({
  type: z.literal("typed"),
  shell: z.string(),
  offset: z.number().int().min(0),
});

export const terminalNews = z.discriminatedUnion("type", [
  /** The shell ended. The socket stays open, so that the screen can be read. */
  z.object({ type: z.literal("exit"), exitCode: z.number().int() }),
  /**
   * Another viewer resized the terminal: what follows is wrapped for this size. Also behind a screen that was made before.
   * Not while a `resize` of this viewer is on its way, which comes behind the other.
   */
  z.object({ type: z.literal("size"), cols: z.number().int(), rows: z.number().int() }),
  /** Why the socket is closed next. */
  z.object({ type: z.literal("error"), failure: storedFailure }),
  typedNews,
]);
export type TerminalNews = z.infer<typeof terminalNews>;

/** A prompt of the shell, and what became of the command typed there. */
export const commandMark = z.object({
  /** Of the prompt, from the first line of the screen's text. */
  line: z.number().int(),
  /** `prompt`: nothing was run there yet. */
  state: z.enum(["prompt", "running", "done"]),
  /** Null until it is known. */
  exitCode: z.number().int().nullable(),
});
export type CommandMark = z.infer<typeof commandMark>;

export const screenHeader = z.object({
  /** Whose screen it is, as in `typed`: what is typed at the sight of it is for this one alone. */
  shell: z.string(),
  /**
   * The number of bytes that the terminal had put out when the screen looked so, without those of a sequence or a
   * character that was not finished: they follow.
   */
  offset: z.number().int(),
  cols: z.number().int(),
  rows: z.number().int(),
  /** What the program in it calls itself: hostile text, for display alone. */
  title: z.string(),
  /** Where its shell is, as a path; null where it has not said. Said by programs, as the title is. */
  cwd: z.string().nullable().default(null),
  /** Oldest first. */
  marks: z.array(commandMark).readonly().default([]),
  /** Only an OSC 133 in the output that has `k=` and this is the shell's own; null: none is. */
  markKey: z.string().nullable().default(null),
  /** There is more scrollback, which was not asked for. */
  short: z.boolean().default(false),
});
export type ScreenHeader = z.infer<typeof screenHeader>;

const SCREEN = 0;
const OUTPUT = 1;
const SCREEN_PREFIX = 5;
const OUTPUT_PREFIX = 9;

export type TerminalFrame =
  /** Written to an emptied terminal of that size, `bytes` give the screen, its scrollback, cursor and modes. */
  | { readonly kind: "screen"; readonly header: ScreenHeader; readonly bytes: Uint8Array }
  | { readonly kind: "output"; readonly offset: number; readonly bytes: Uint8Array };

/** u8 0, u32 length of the header, the header as JSON, the screen as UTF-8. Numbers are big endian. */
export function encodeScreen(header: z.input<typeof screenHeader>, text: string): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const body = new TextEncoder().encode(text);
  const frame = new Uint8Array(SCREEN_PREFIX + head.length + body.length);
  frame[0] = SCREEN;
  new DataView(frame.buffer).setUint32(1, head.length);
  frame.set(head, SCREEN_PREFIX);
  frame.set(body, SCREEN_PREFIX + head.length);
  return frame;
}

/** u8 1, u64 offset of the first byte, the bytes. */
export function encodeOutput(offset: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(OUTPUT_PREFIX + bytes.length);
  frame[0] = OUTPUT;
  new DataView(frame.buffer).setBigUint64(1, BigInt(offset));
  frame.set(bytes, OUTPUT_PREFIX);
  return frame;
}

const TYPED_PREFIX = 8;

/** u64 offset of the first byte in what this writer typed, the bytes: whole characters, in UTF-8. */
export function encodeTyped(offset: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(TYPED_PREFIX + bytes.length);
  new DataView(message.buffer).setBigUint64(0, BigInt(offset));
  message.set(bytes, TYPED_PREFIX);
  return message;
}

/** `bytes` is a view of `message`; null where it is too short to be one. */
export function decodeTyped(message: Uint8Array): { offset: number; bytes: Uint8Array } | null {
  if (message.length < TYPED_PREFIX) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return { offset: Number(view.getBigUint64(0)), bytes: message.subarray(TYPED_PREFIX) };
}

/** `bytes` of the answer is a view of `frame`. Throws on what is no frame. */
export function decodeFrame(frame: Uint8Array): TerminalFrame {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  switch (view.getUint8(0)) {
    case SCREEN: {
      const start = SCREEN_PREFIX + view.getUint32(1);
      const head = new TextDecoder().decode(frame.subarray(SCREEN_PREFIX, start));
      return { kind: "screen", header: screenHeader.parse(JSON.parse(head)), bytes: frame.subarray(start) };
    }
    case OUTPUT:
      return { kind: "output", offset: Number(view.getBigUint64(1)), bytes: frame.subarray(OUTPUT_PREFIX) };
    default:
      throw new Error(`no frame begins with ${frame[0]}`);
  }
}
