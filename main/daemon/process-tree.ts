/**
 * Everything that a command or a terminal has started, and its end. A process group is not enough: `setsid` leaves it.
 * So each child gets a marker in its environment, which its descendants inherit; on Linux a descendant is also known by
 * its session, its group and its parents. (Who both clears its environment and detaches gets away, unless a PID
 * namespace holds it: sandboxed commands are in one.) Oriel's own hosts and daemons are no part of any: see KEEPS.
 */
import { execFile } from "node:child_process";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { membersOf } from "./proc-linux.ts";

export interface Tree {
  /** As in the environment: `ORIEL_COMMAND=cmd_…`. */
  readonly marker: string;
  /** The first process; it leads its own session and group. Null: known by the marker alone. */
  readonly leader: number | null;
  /** Whether the tree is so young that all its pids are newer than its leader's: see proc-linux.ts. */
  readonly young?: boolean;
}

/** Between looks for who is left: short at first, since most trees end at the first signal. */
const POLL_MS = [1, 2, 5, 10, 20, 50];
/** After SIGKILL only a process stuck in the kernel stays. */
const KILL_LIMIT_MS = 5_000;
/** So often at least is killed what was forked meanwhile, however little of the limit this process ran. */
const LEAST_KILLS = 50;

/**
 * Ends the whole tree: `signals` to all, and SIGKILL to what is left after `graceMs`, again and again until nothing is
 * left, because a process may fork between the look and the signal. Without `signals`: SIGKILL at once.
 * Resolves with the pids that could not be ended (another user's, or stuck in the kernel).
 */
export async function endTree(
  tree: Tree,
  signals: readonly NodeJS.Signals[],
  graceMs: number,
): Promise<number[]> {
  if (process.platform === "win32") return endOnWindows(tree);
  const find = finderOf(tree);
  if (signals.length > 0) {
    for (const signal of signals) signalAll(await find(), signal);
    if ((await waitUntilGone(find, graceMs)).length === 0) return [];
  }
  return killAll(find);
}

/** Pids for the tree's processes that are alive; negative: a whole group. Zombies are not. */
function finderOf(tree: Tree): () => Promise<number[]> {
  if (process.platform === "linux") return membersOf(tree);
  return async () => (tree.leader !== null && isAlive(-tree.leader) ? [-tree.leader] : []);
}

async function waitUntilGone(find: () => Promise<number[]>, limitMs: number): Promise<number[]> {
  const end = performance.now() + limitMs;
  for (let round = 0; ; round++) {
    const alive = await find();
    if (alive.length === 0 || performance.now() > end) return alive;
    await pause(POLL_MS[Math.min(round, POLL_MS.length - 1)]);
  }
}

/** Again and again, and at once while new ones come: what forks must not be faster than this. */
async function killAll(find: () => Promise<number[]>): Promise<number[]> {
  const end = performance.now() + KILL_LIMIT_MS;
  const killed = new Set<number>();
  let quiet = 0;
  for (let round = 0; ; round++) {
    const alive = await find();
    if (alive.length === 0 || (performance.now() > end && round >= LEAST_KILLS)) return alive;
    signalAll(alive, "SIGKILL");
    const more = alive.some((pid) => !killed.has(pid));
    for (const pid of alive) killed.add(pid);
    quiet = more ? 0 : quiet + 1;
    await (more ? nextTurn() : pause(POLL_MS[Math.min(quiet - 1, POLL_MS.length - 1)]));
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // Gone meanwhile, or not ours to end: the next look tells which.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const endOnWindows = (tree: Tree): Promise<number[]> =>
  new Promise((resolve) => {
    if (tree.leader === null) return resolve([]);
    execFile("taskkill", ["/pid", String(tree.leader), "/T", "/F"], () => resolve([]));
  });
