/** Where a person is in a terminal, and what they have selected, while its screen is written anew. */
import type { IBufferRange, Terminal } from "@xterm/xterm";

/**
 * Scrolls so that `line` is the first in sight. xterm scrolls by as many lines as are between, from where its scroll bar is:
 * after a resize that is somewhere else than what is shown (6.0.0). The second time it is not.
 */
export function scrollTo(terminal: Terminal, line: number): void {
  terminal.scrollToLine(line);
  if (terminal.buffer.active.viewportY !== line) terminal.scrollToLine(line);
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
  const selected = completes ? terminal.getSelectionPosition() : undefined;
  const text = selected && terminal.getSelection();
  const at = selected?.start.y ?? viewportY;
  const known = completes ? textsOf(terminal, at) : [];
  return () => {
    const down = completes ? linesAbove(terminal, known, at, terminal.buffer.active.length - length) : 0;
    if (viewportY < baseY) scrollTo(terminal, viewportY + down);
    if (!selected) return;
    const { start, end } = selected;
    select(terminal, { start: { ...start, y: start.y + down }, end: { ...end, y: end.y + down } });
    if (terminal.getSelection() !== text) terminal.clearSelection();
  };
}

export const select = (terminal: Terminal, { start, end }: IBufferRange): void =>
  terminal.select(start.x, start.y, (end.y - start.y) * terminal.cols + end.x - start.x);

/** How many lines are above those that were at `at`; `most`, less what came below them. */
function linesAbove(terminal: Terminal, known: readonly string[], at: number, most: number): number {
  for (let between = 0; between <= Math.min(most, MAX_BETWEEN); between += 1) {
    const texts = textsOf(terminal, at + most - between);
    if (known.every((text, index) => text === texts[index])) return most - between;
  }
  return most;
}

const textsOf = ({ buffer: { active } }: Terminal, from: number): string[] =>
  Array.from({ length: KNOWN_BY }, (_, n) => active.getLine(from + n)?.translateToString(true) ?? "");
