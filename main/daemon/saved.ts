/**
 * A terminal on disk: what it was and its screen, so that they come back when the daemon or the machine went down.
 * One file a terminal: a line of JSON, then the screen's text. Written whole or not at all.
 */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { commandMark, exitOf } from "./protocol.ts";

/** Its scrollback is cut where colours make it larger. */
export const MAX_SAVED_BYTES = 4 * 1024 * 1024;

const savedTerminal = z.object({
  v: z.literal(1),
  id: z.string(),
  session: z.string(),
  argv: z.array(z.string()).min(1).readonly(),
  /** As the shell last said, or else the system. */
  cwd: z.string(),
  cols: z.number().int().min(1),
  rows: z.number().int().min(1),
  title: z.string(),
  startedAt: z.number(),
  savedAt: z.number(),
  /** Null: it was running. */
  exit: exitOf.nullable(),
  marks: z.array(commandMark).readonly(),
});
export type SavedTerminal = z.infer<typeof savedTerminal>;

export const savedFile = (folder: string, id: string): string =>
  path.join(folder, `${createHash("sha256").update(id).digest("hex").slice(0, 32)}.terminal`);

/** Rejects where the disk does. */
export async function saveTerminal(file: string, saved: SavedTerminal, text: string): Promise<void> {
  // Another daemon may have taken the folder for an empty one of a dead one.
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, contentOf(saved, text), WRITE);
  await rename(`${file}.new`, file);
}

/** As `saveTerminal`, done when it returns. Throws where the disk does. */
export function saveTerminalNow(file: string, saved: SavedTerminal, text: string): void {
  writeFileSync(`${file}.new`, contentOf(saved, text), WRITE);
  renameSync(`${file}.new`, file);
}

/** On the disk before it has its name: after a power cut it is the old one or the new one. */
const WRITE = { mode: 0o600, flush: true };
const contentOf = (saved: SavedTerminal, text: string): string => `${JSON.stringify(saved)}\n${text}`;

/** Null where there is none, or something else. */
export function readSaved(file: string): { saved: SavedTerminal; text: string } | null {
  try {
    const content = readFileSync(file, "utf8");
    const end = content.indexOf("\n");
    const saved = savedTerminal.safeParse(JSON.parse(content.slice(0, end)));
    return saved.success ? { saved: saved.data, text: content.slice(end + 1) } : null;
  } catch {
    return null;
  }
}

export function removeSaved(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}.new`, { force: true });
}
