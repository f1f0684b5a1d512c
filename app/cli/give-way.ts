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

/** An older host that goes on: a turn is at work there, it can't be asked or ended, or an earlier program brings it back. */
export interface OlderHost {
  readonly version: string;
  readonly because: "at_work" | "not_ended" | "comes_back";
}

/** A host may take this long to say what runs there, and to end when it was told to, in ms: its daemon may be silent. */
const ANSWER_MS = 10_000;

/**
 * Ends a host that is older than `program`: null once it is gone, and its terminals and commands go on in the daemon. Not one
 * where a turn is at work, which would be interrupted, or that can't be asked or ended, and none where it may not be ended.
 */
export async function giveWay(
  { client, closed }: Connection,
  program: ProgramAge,
  mayEnd: boolean,
  answerMs = ANSWER_MS,
): Promise<{ readonly older: OlderHost | null } | null> {
  const gone = closed.then(() => null);
  const info = await Promise.race([client.host.info(), gone]).catch(() => null);
  if (info === null) return null;
  if (!isOlder(info, program)) return { older: null };
  const stays = (because: OlderHost["because"]) => ({ older: { version: info.version, because } });
  if (!mayEnd) return stays("comes_back");
  const late = (): Promise<"late"> => delay(answerMs, "late" as const, { ref: false });
  const running = await Promise.race([client.host.running(), gone, late()]).catch(() => "late" as const);
  if (running === null) return null;
  if (running === "late") return stays("not_ended");
  if (running.turns > 0) return stays("at_work");
  const ended = end(info.pid) && (await Promise.race([gone, late()])) === null;
  return ended ? null : stays("not_ended");
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
