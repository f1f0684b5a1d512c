/** What becomes of a host that is older than the program that comes to it: after an update, one that ran all the while. */
import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "./connect.ts";

export interface HostAge {
  readonly version: string;
  readonly startedAt?: number | undefined;
}

export interface ProgramAge {
  readonly version: string;
  /** Milliseconds since the epoch; 0 where that is not known. */
  readonly builtAt: number;
}

/** A host that was told to end may take this long, in ms. */
const END_MS = 10_000;

/**
 * Ends a host that is older than `program`: null once it is gone, and its terminals and commands go on in the daemon. Not one
 * where a turn is at work, which would be interrupted, or that can't be asked or ended: `older` is its version then, and null for
 * one that is not older.
 */
export async function giveWay(
  connection: Connection,
  program: ProgramAge,
): Promise<{ readonly older: string | null } | null> {
  const { client, closed } = connection;
  const gone = closed.then(() => null);
  const info = await Promise.race([client.host.info(), gone]).catch(() => null);
  if (info === null) return null;
  if (!isOlder(info, program)) return { older: null };
  const stays = { older: info.version };
  const running = await Promise.race([client.host.running(), gone]).catch(() => "silent" as const);
  if (running === null) return null;
  if (running === "silent" || running.turns > 0 || !end(info.pid)) return stays;
  return Promise.race([gone, delay(END_MS, stays, { ref: false })]);
}

/** False where it is another user's. */
function end(pid: number): boolean {
  try {
    return process.kill(pid, "SIGTERM");
  } catch (error) {
    // It has ended by itself.
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}

/** A newer program's host is left alone: two of them would end each other's for ever. */
export function isOlder(host: HostAge, program: ProgramAge): boolean {
  const order = compare(host.version, program.version);
  // The same version, built again under a host that runs.
  return order < 0 || (order === 0 && (host.startedAt ?? 0) < program.builtAt);
}

/** Of versions such as "1.20.3". */
function compare(one: string, other: string): number {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (const [at, part] of a.entries()) if (part !== b[at]) return part - (b[at] ?? 0);
  return 0;
}

const partsOf = (version: string): number[] => version.split(/[.-]/, 3).map(Number);
