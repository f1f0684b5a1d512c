/** The secret that a client shows to the daemon: a 0600 file in `state/`, which no sandbox sees. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The token of `folder`; made by whoever asks first, and whole from its first moment on. */
export function ensureToken(folder: string): string {
  const existing = readToken(folder);
  if (existing !== null) return existing;
  const fresh = path.join(folder, `token-${randomBytes(6).toString("hex")}`);
  writeFileSync(fresh, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
  try {
    linkSync(fresh, path.join(folder, "token"));
  } catch {
    // Another host was faster: its token is the token.
  } finally {
    rmSync(fresh, { force: true });
  }
  return readFileSync(path.join(folder, "token"), "utf8");
}

/** Null where there is none yet. */
export function readToken(folder: string): string | null {
  try {
    return readFileSync(path.join(folder, "token"), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

export function sameToken(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
