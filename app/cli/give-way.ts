/** What becomes of a host that is older than the program that comes to it: after an update, one that ran all the while. */
import { statSync } from "node:fs";
import type { Connection, HostRuntime } from "./connect.ts";

export interface HostAge {
  readonly version: string;
  readonly startedAt?: number | undefined;
}

/**
 * The connection to a host that `program` goes on with, or null once the host is gone: one that is older than the program is
 * ended, and its terminals and commands go on in the daemon. Not one where a turn is at work, which would be interrupted.
 */
export async function giveWay(
  connection: Connection,
  { version, runtime }: { readonly version: string; readonly runtime: HostRuntime },
): Promise<Connection | null> {
  const { client, closed } = connection;
  const gone = closed.then(() => null);
  const info = await Promise.race([client.host.info(), gone]);
  if (info === null || !isOlder(info, { version, builtAt: builtAt(runtime.entry) }))
    return info && connection;
  const running = await Promise.race([client.host.running(), gone]);
  if (running !== null && running.turns > 0) return { ...connection, older: info.version };
  try {
    process.kill(info.pid, "SIGTERM");
  } catch {
    // It has ended by itself.
  }
  return gone;
}

/** Milliseconds since the epoch; 0 where the clock was another when the file was written. */
function builtAt(file: string): number {
  const writtenAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return writtenAt > Date.now() ? 0 : writtenAt;
}

/** A newer program's host is left alone: two of them would end each other's for ever. */
export function isOlder(
  host: HostAge,
  program: { readonly version: string; readonly builtAt: number },
): boolean {
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
