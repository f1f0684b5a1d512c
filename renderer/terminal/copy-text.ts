import type { IBuffer, IBufferRange, Terminal } from "@xterm/xterm";

/** Into the clipboard. Rejects with words for the person. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text).catch(() => {
    throw new Error("The browser did not allow copying.");
  });
}

/** A selection as one line: a line end is a space where `goesOn` does not say that the line goes on in the next. */
export function withoutLineBreaks(text: string, goesOn: readonly boolean[]): string {
  return text.split(/\r\n|\r|\n/).reduce((joined, line, index) => {
    const next = line.trim();
    return joined === "" || next === "" || goesOn[index - 1] ? joined + next : `${joined} ${next}`;
  }, "");
}

/**
 * Of each line in the range but the last, whether it goes on in the next: it is as long as the terminal is wide, where
 * programs break words. Rows that the terminal has broken itself are one line, in xterm's text too.
 */
export function linesThatGoOn(
  { buffer: { active }, cols }: Pick<Terminal, "buffer" | "cols">,
  { start, end }: IBufferRange,
): readonly boolean[] {
  const following = Array.from({ length: end.y - start.y }, (_, n) => start.y + 1 + n);
  return following
    .filter((row) => !active.getLine(row)?.isWrapped)
    .map((row) => {
      // A wide character is not broken: before it a column may be empty.
      const width = cellAt(active, row, 0)?.getWidth() ?? 1;
      return [cols - 1, cols - Math.max(1, width)].some((col) => hasText(active, row - 1, col));
    });
}

const cellAt = (buffer: IBuffer, row: number, col: number) => buffer.getLine(row)?.getCell(col);

/** Also in the second column of a wide character. */
function hasText(buffer: IBuffer, row: number, col: number): boolean {
  const cell = cellAt(buffer, row, col);
  return cell !== undefined && (cell.getWidth() === 0 || cell.getChars().trim() !== "");
}
