/**
 * Files that are written whole or not at all: a line of JSON, then bytes. After a power cut it is the old one or the new one;
 * the first time it may be none.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** On the disk before it has its name. */
const WRITE = { mode: 0o600, flush: true };
const contentOf = (head: unknown, body: string | Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), Buffer.from(body)]);

/** Rejects where the disk does. */
export async function writeWhole(file: string, head: unknown, body: string | Uint8Array): Promise<void> {
  // Another daemon may have taken the folder for an empty one of a dead one.
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, contentOf(head, body), WRITE);
  await rename(`${file}.new`, file);
}

/** As `writeWhole`, done when it returns. Throws where the disk does. */
export const writeWholeNow = (file: string, head: unknown, body: string | Uint8Array): void =>
  replaceNow(file, contentOf(head, body));

/** The same of any content. */
export function replaceNow(file: string, content: string | Uint8Array): void {
  writeFileSync(`${file}.new`, content, WRITE);
  renameSync(`${file}.new`, file);
}

/** The first line as JSON, and what is behind it. Null where there is no such file, or something else. Throws where the disk does. */
export function readWhole(file: string): { head: unknown; body: Buffer } | null {
  const content = contentsOf(file);
  if (content === null) return null;
  const end = content.indexOf("\n");
  try {
    return { head: JSON.parse(content.toString("utf8", 0, end)), body: content.subarray(end + 1) };
  } catch {
    return null;
  }
}

function contentsOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export function removeWhole(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.new`, { force: true });
}
