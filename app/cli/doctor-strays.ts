/**
 * Processes in a session's worktree that are part of nothing that Oriel runs: a server that has made itself a daemon and
 * written over its environment, by which its terminal's end would have found it; or a program that a person started there.
 */
import { readFileSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { connectDaemon } from "#main/daemon/client.ts";
import { findLeftovers } from "#main/daemon/leftovers.ts";
import { KEEPS } from "#main/daemon/markers.ts";
import { findMembers } from "#main/daemon/proc-linux.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";

export interface Stray {
  readonly pid: number;
  /** As it was started, blanks between the arguments. */
  readonly command: string;
}

/**
 * This user's, by pid, of worktrees that are archived too. Only Linux tells; elsewhere there are none. Throws as
 * `connectDaemon` where a daemon does not answer.
 */
export async function findStrays({ state, worktrees, trash }: DataDir): Promise<Stray[]> {
  if (process.platform !== "linux") return [];
  // First the processes, then what runs: the other way round, one that starts just now would look astray.
  const inside = pidsIn([worktrees, trash].flatMap(realPath));
  if (inside.length === 0) return [];
  const known = new Set([...ancestors(process.pid), ...(await runningPids(state))]);
  for (const { pid } of await findLeftovers({ stateDir: state })) known.add(pid);
  return inside
    .filter((pid) => !known.has(pid))
    .map((pid) => ({ pid, command: commandOf(pid) }))
    .filter(({ command }) => command !== "");
}

/** As /proc says it; nothing for a folder that is not there. */
function realPath(folder: string): string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
}

function pidsIn(folders: readonly string[]): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && folders.some((folder) => cwdOf(pid)?.startsWith(folder + path.sep)));
}

/** Null of a process that has gone, or is another user's. */
function cwdOf(pid: number): string | null {
  try {
    return statSync(`/proc/${pid}`).uid === process.getuid?.() ? readlinkSync(`/proc/${pid}/cwd`) : null;
  } catch {
    return null;
  }
}

/** Of all that the daemons run now, and of the git of a host, which says that it stays. */
async function runningPids(stateDir: string): Promise<number[]> {
  await using client = await connectDaemon({ stateDir });
  const [commands, terminals] = client
    ? await Promise.all([client.list(), client.listTerminals()])
    : [[], []];
  const trees = [
    ...commands.map((command) => ({ ...command, marker: `ORIEL_COMMAND=${command.id}` })),
    ...terminals.map((terminal) => ({ ...terminal, marker: `ORIEL_TERMINAL=${terminal.id}` })),
  ].filter(({ exit }) => exit === null);
  const found = await Promise.all([
    findMembers({ marker: `${KEEPS}=1`, leader: null }),
    ...trees.map(({ marker, pid }) => findMembers({ marker, leader: pid })),
  ]);
  return found.flat();
}

/** The person's shell in which this runs may be in a worktree. */
function ancestors(pid: number): number[] {
  const parent = Number(/^PPid:\s+(\d+)/m.exec(readProc(pid, "status"))?.[1] ?? 0);
  return parent > 0 ? [pid, ...ancestors(parent)] : [pid];
}

const commandOf = (pid: number): string => readProc(pid, "cmdline").replaceAll("\0", " ").trim();

function readProc(pid: number, file: "status" | "cmdline"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
