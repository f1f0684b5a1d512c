/**
 * A terminal on disk: what it was and its screen, so that they come back when the daemon or the machine went down.
 * One file a terminal (whole-file.ts).
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { commandMark, exitOf } from "./protocol.ts";
import { readWhole } from "./whole-file.ts";

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

/** Null where there is none, or something else. */
export function readSaved(file: string): { saved: SavedTerminal; text: string } | null {
  const content = readWhole(file);
  const saved = savedTerminal.safeParse(content?.head);
  return content && saved.success ? { saved: saved.data, text: content.body.toString() } : null;
}
