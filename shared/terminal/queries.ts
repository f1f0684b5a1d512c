/**
 * What programs ask a terminal. The daemon answers what may be answered (main/daemon/screen.ts), once, however many
 * terminals show the same shell; those in pages must not answer at all.
 */

interface Sequence {
  readonly prefix?: string;
  readonly intermediates?: string;
  readonly final: string;
}

/** The part of xterm's `parser` that is needed. A handler that returns true keeps the sequence to itself. */
export interface QueryParser {
  registerCsiHandler(id: Sequence, handler: () => boolean): unknown;
  registerDcsHandler(id: Sequence, handler: () => boolean): unknown;
  registerOscHandler(id: number, handler: (text: string) => boolean): unknown;
}

/** Device attributes; device status and where the cursor is; modes; version; kitty's keyboard. xterm has reports of the window off. */
const ASKING: readonly Sequence[] = [
  { final: "c" },
  { prefix: ">", final: "c" },
  { prefix: "=", final: "c" },
  { final: "n" },
  { prefix: "?", final: "n" },
  { intermediates: "$", final: "p" },
  { prefix: "?", intermediates: "$", final: "p" },
  { prefix: ">", final: "q" },
  { prefix: "?", final: "u" },
];
/** DECRQSS and XTGETTCAP. */
const ASKING_DCS: readonly Sequence[] = [
  { intermediates: "$", final: "q" },
  { intermediates: "+", final: "q" },
];
/** OSC 4 asks for any of the 256 colours; 10 to 12 for text, background and cursor. With another text than `?` they set. */
const COLOURS = [4, 10, 11, 12];

/** Keeps a terminal from answering: `parser` is that of an xterm, which may set colours all the same. */
export function silenceQueries(parser: QueryParser): void {
  for (const id of ASKING) parser.registerCsiHandler(id, () => true);
  for (const id of ASKING_DCS) parser.registerDcsHandler(id, () => true);
  for (const id of COLOURS) parser.registerOscHandler(id, (text) => text.split(";").includes("?"));
}
