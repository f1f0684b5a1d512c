import type { OutputRef } from "#shared/session/items.ts";

/** The last `count` lines of `text`, and how many lines come before them. A line break at the end begins no line. */
export function lastLines(text: string, count: number): { text: string; before: number } {
  const body = text.replace(/\r?\n$/, "");
  let from = body.length;
  for (let line = 0; line < count; line += 1) {
    from = body.lastIndexOf("\n", from - 1);
    if (from < 0) return { text: body, before: 0 };
    if (from === 0) break;
  }
  return { text: body.slice(from + 1), before: body.slice(0, from + 1).split("\n").length - 1 };
}

/** What an item holds of an output: both ends, and how many bytes are between them; 0 where it is whole. */
export interface Excerpt {
  readonly head: string;
  readonly between: number;
  readonly tail: string;
}

export function excerptOf(output: OutputRef): Excerpt {
  if (output.blob === null) return { head: output.head, between: 0, tail: output.tail };
  const shown = byteLength(output.head) + byteLength(output.tail);
  return { head: output.head, between: Math.max(0, output.size - shown), tail: output.tail };
}

/** The end of an output, for a first look at what went wrong. */
export function endOf(output: OutputRef, lines: number): string {
  const { head, between, tail } = excerptOf(output);
  if (tail === "") return lastLines(head, lines).text;
  return lastLines(between === 0 ? head + tail : tail, lines).text;
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

/** A text that is too long to show at first: its beginning, by lines and by characters, or null where it is short. */
export function beginningOf(text: string, limit: { lines: number; characters: number }): string | null {
  let end = -1;
  for (let line = 0; line < limit.lines; line += 1) {
    const next = text.indexOf("\n", end + 1);
    if (next < 0) {
      end = text.length;
      break;
    }
    end = next;
  }
  const cut = Math.min(end, limit.characters);
  return cut >= text.trimEnd().length ? null : text.slice(0, cut);
}

/** The same text with what a reader can't see made visible: it could make an action look like another one. */
export const unhidden = (text: string): string =>
  text.replace(
    // oxlint-disable-next-line no-control-regex, no-misleading-character-class
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu,
    (hidden) => `\\u{${hidden.codePointAt(0)!.toString(16)}}`,
  );
