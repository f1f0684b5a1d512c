/** Into the clipboard. Rejects with words for the person. */
export async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text).catch(() => {
    throw new Error("The browser did not allow copying.");
  });
}

/**
 * A selection as one line: a line that fills the terminal's width goes on in the next, as programs break words there;
 * any other line end becomes a space.
 */
export function withoutLineBreaks(text: string, cols: number): string {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.reduce((joined, line, index) => {
    const before = lines[index - 1];
    if (before === undefined) return line.trim();
    const filled = before.length >= cols && !before.endsWith(" ");
    const next = line.trim();
    return joined === "" || next === "" || filled ? joined + next : `${joined} ${next}`;
  }, "");
}
