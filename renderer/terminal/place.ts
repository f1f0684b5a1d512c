/** Where a person is in a terminal, and what they have selected, while its screen is written anew. */
import type { IBuffer, IBufferRange, Terminal } from "@xterm/xterm";
import { field } from "#shared/terminal/xterm-field.ts";

/**
 * To be called when the terminal was resized or written anew: puts the scroll bar where the screen is. xterm 6.0.0 scrolls from
 * where its bar is, and leaves that where it was last scrolled to while lines come above or go. Where xterm's fields are
 * others it stays there, and a test says so.
 */
export function syncScrollBar(terminal: Terminal): void {
  const viewport = field(field(terminal, "_core"), "_viewport");
  const sync = field(viewport, "_sync");
  if (typeof viewport !== "object" || viewport === null || typeof sync !== "function") return;
  // The line it was scrolled to: while it has one, xterm takes the bar to be there.
  Reflect.set(viewport, "_latestYDisp", undefined);
  Reflect.apply(sync, viewport, []);
}

/** So many lines make out a place in two texts that are the same but for their ends. */
const KNOWN_BY = 6;
/** So many may have come between the two. */
const MAX_BETWEEN = 500;

/**
 * Call it before; the returned function, called when the screen is written, goes back. `completes`: the same lines come
 * again, below others, and some new ones may follow.
 */
export function keepPlace(terminal: Terminal, completes: boolean): () => void {
  const { viewportY, baseY, length } = terminal.buffer.active;
  const selected = terminal.getSelectionPosition();
  const text = selected && terminal.getSelection();
  const atView = linesAt(terminal, viewportY, KNOWN_BY);
  const atSelection = selected && linesAt(terminal, selected.start.y, selected.end.y - selected.start.y + 1);
  return () => {
    const most = completes ? terminal.buffer.active.length - length : 0;
    if (viewportY < baseY) terminal.scrollToLine(viewportY + linesAbove(terminal, atView, most));
    if (!selected || !atSelection) return;
    const { start, end } = selected;
    const isAt = (down: number): boolean => {
      select(terminal, { start: { ...start, y: start.y + down }, end: { ...end, y: end.y + down } });
      return terminal.getSelection() === text;
    };
    const isBack = completes
      ? isAt(linesAbove(terminal, atSelection, most))
      : isAt(0) || isAt(linesDown(terminal, atSelection));
    if (!isBack) terminal.clearSelection();
  };
}

export const select = (terminal: Terminal, { start, end }: IBufferRange): void =>
  terminal.select(start.x, start.y, (end.y - start.y) * terminal.cols + end.x - start.x);

interface Lines {
  readonly at: number;
  readonly texts: readonly string[];
}

/** Some lines from `at` on, `most` of them, as they are now. */
function linesAt({ buffer: { active } }: Terminal, at: number, most: number): Lines {
  const count = Math.min(most, KNOWN_BY, active.length - at);
  return { at, texts: Array.from({ length: Math.max(0, count) }, (_, n) => textAt(active, at + n)) };
}

/** How many lines are above these that were not: `most`, less what came below them. */
function linesAbove({ buffer: { active } }: Terminal, { at, texts }: Lines, most: number): number {
  for (let between = 0; between <= Math.min(most, MAX_BETWEEN); between += 1) {
    const first = at + most - between;
    if (texts.every((text, n) => text === textAt(active, first + n))) return most - between;
  }
  return most;
}

/** How much further down they are now, less than 0 where it is up; 0 where they are not. The last ones, where there are several. */
function linesDown({ buffer: { active } }: Terminal, { at, texts }: Lines): number {
  for (let first = active.length - texts.length; first >= 0; first -= 1)
    if (texts.every((text, n) => text === textAt(active, first + n))) return first - at;
  return 0;
}

const textAt = (buffer: IBuffer, line: number): string => buffer.getLine(line)?.translateToString(true) ?? "";
