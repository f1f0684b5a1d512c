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
