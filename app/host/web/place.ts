/** Where the web face was last time, so that yesterday's tab finds it again: a 0600 file in `state/`. */
import { randomBytes } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const place = z.object({
  port: z.number().int().min(1).max(65_535).nullable(),
  token: z.string().regex(/^[0-9a-f]{64}$/),
});
export type WebPlace = z.infer<typeof place>;

const fileOf = (stateDir: string): string => path.join(stateDir, "web.json");

/** The place of last time; a new token and no port where there was none, or where it can't be read. */
export function readPlace(stateDir: string): WebPlace {
  const stored = place.safeParse(storedPlace(stateDir));
  return stored.success ? stored.data : { port: null, token: randomBytes(32).toString("hex") };
}

function storedPlace(stateDir: string): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(stateDir), "utf8"));
  } catch {
    return null;
  }
}

/** Whole or not at all. The caller holds the data directory. */
export function writePlace(stateDir: string, { port, token }: WebPlace): void {
  const fresh = `${fileOf(stateDir)}.new`;
  writeFileSync(fresh, JSON.stringify({ port, token }), { mode: 0o600 });
  renameSync(fresh, fileOf(stateDir));
}
