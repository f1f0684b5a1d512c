/** What benches let terminals show. Of the characters all terminals agree how wide they are. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

export const KINDS: Record<string, (n: number) => string> = {
  plain: (n) => `${n} the quick brown fox jumps over the lazy dog, and then it rests until ${n * 7}\r\n`,
  coloured: (n) =>
    `\x1b[3${n % 8}m${n}\x1b[0m \x1b[1;38;5;${n % 256}mthe quick\x1b[0m \x1b[48;2;${n % 255};9;9mbrown fox\x1b[0m jumps over\r\n`,
  unicode: (n) => `${n} 日本語のテキスト – ünïcödé, Ελληνικά, русский, 한국어 ${n * 3}\r\n`,
};

/** Writes lines to `file` until it has `bytes` or a little more. */
export async function writeText(file: string, bytes: number, line: (n: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  for (let n = 0, size = 0; size < bytes;) {
    const lines = Array.from({ length: 10_000 }, () => line(n++)).join("");
    size += Buffer.byteLength(lines);
    if (!stream.write(lines)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
}

/**
 * What looks as different as it can, to be compared and not timed: attributes and colours of every kind, lines that wrap,
 * and rows erased with a colour. Those have a character behind: tmux's `capture-pane` stops at the last one.
 */
export function styled(n: number): string {
  const attribute = [1, 2, 3, 4, 5, 7, 8, 9, 53][n % 9];
  const cells = [
    `\x1b[${attribute}m${n} looks`,
    `\x1b[3${n % 8};1mbold\x1b[22;7m inverse`,
    `\x1b[9${n % 8};10${(n + 3) % 8}mbright`,
    `\x1b[38;2;${n % 256};7;200mred, green, blue`,
    `\x1b[38;5;${n % 256};48;5;${(n * 7) % 256}m256${n % 10 === 0 ? " that go on".repeat(20) : ""} 日本 `,
    `\x1b[4${n % 8}m\x1b[K\x1b[999C\x1b[35mx`,
  ];
  return `${cells.join("\x1b[0m ")}\x1b[0m\r\n`;
}
