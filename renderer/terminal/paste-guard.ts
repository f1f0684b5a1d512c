/** Why a paste is asked about first, or null where it just goes in. */
export interface PasteWarning {
  readonly lines: number;
  readonly controls: number;
  /** What would be pasted, with control characters made visible; cut where it is long. */
  readonly preview: string;
}

/** Up to this many lines are pasted without a word. */
const MAX_LINES = 3;
const MAX_PREVIEW = 4000;
/** C0 without tab and line ends, DEL, and C1: what a terminal acts on rather than shows. */
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g;
const LINE_END = /\r\n|\r|\n/;

/**
 * Looks at a text before it is typed into a shell. A shell runs what it has at each line's end, and a page can put
 * other text on the clipboard than the one that was seen.
 */
export function pasteWarning(text: string): PasteWarning | null {
  const lines = text.replace(/(?:\r\n|\r|\n)$/, "").split(LINE_END).length;
  const controls = text.match(CONTROL)?.length ?? 0;
  if (lines <= MAX_LINES && controls === 0) return null;
  return { lines, controls, preview: visible(text) };
}

/** The text without what a terminal would act on. */
export const withoutControls = (text: string): string => text.replace(CONTROL, "");

function visible(text: string): string {
  const shown = text.slice(0, MAX_PREVIEW).replaceAll(LINE_END_ALL, "\n").replace(CONTROL, pictureOf);
  return text.length > MAX_PREVIEW ? `${shown}…` : shown;
}

const LINE_END_ALL = /\r\n|\r|\n/g;

/** Unicode has a picture for each of C0 and for DEL; C1 gets its number. */
function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `\\x${code.toString(16)}`;
}
