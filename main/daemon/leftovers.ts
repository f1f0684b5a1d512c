/**
 * Processes that outlived what started them: a server that a shell left in the background, what a killed daemon ran.
 * Nothing ends them silently; `oriel doctor` lists them, and ends them when it is asked to.
 */
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { connectDaemon } from "./connect.ts";
import { daemonFolder, runtimeFolder } from "./endpoint.ts";
import { COMMANDS_OF, TERMINALS_OF, placeMark } from "./markers.ts";
import { endTree } from "./process-tree.ts";

export interface Leftover {
  readonly pid: number;
  /** As it was started, blanks between the arguments. */
  readonly command: string;
  readonly kind: "terminal" | "command";
  /** Of the terminal or command that it was started in. */
  readonly id: string;
}

const KILL_GRACE_MS = 2_000;

/**
 * The processes of this data directory whose terminal or command has ended, by pid. Only Linux tells; elsewhere there
 * are none. Throws as `connectDaemon` where a daemon does not answer: then nobody knows what is left over.
 */
export async function findLeftovers({ stateDir }: { stateDir: string }): Promise<Leftover[]> {
  // First the processes, then what runs: the other way round, one that starts just now would look left over.
  const marked = await markedProcesses(runtimeFolder(stateDir));
  const running = await runningIds(stateDir);
  return marked.filter(({ kind, id }) => !running.has(`${kind} ${id}`));
}

/** Where no daemon runs: whether those that are gone left a process, or a terminal that nobody has closed. */
export const isAnythingLeft = async ({ stateDir }: { stateDir: string }): Promise<boolean> =>
  (await isAnySaved(path.join(daemonFolder(stateDir), "terminals"))) ||
  (await findLeftovers({ stateDir })).length > 0;

const isAnySaved = async (folder: string): Promise<boolean> =>
  (await readdir(folder, { recursive: true }).catch(() => [])).some((name) => name.endsWith(".terminal"));

/** Ends what is left over of these terminals and commands, with all that it started since. Resolves with the pids that stayed. */
export async function endLeftovers(
  { stateDir }: { stateDir: string },
  leftovers: readonly Leftover[],
): Promise<number[]> {
  const still = await findLeftovers({ stateDir });
  const asked = new Set(leftovers.map(({ kind, id }) => `${kind} ${id}`));
  const trees = new Map(
    still
      .map(
        ({ kind, id }) =>
          [`${kind} ${id}`, `${kind === "terminal" ? "ORIEL_TERMINAL" : "ORIEL_COMMAND"}=${id}`] as const,
      )
      .filter(([key]) => asked.has(key)),
  );
  const left = await Promise.all(
    [...trees.values()].map((marker) =>
      endTree({ marker, leader: null }, ["SIGHUP", "SIGTERM"], KILL_GRACE_MS),
    ),
  );
  return left.flat();
}

async function runningIds(stateDir: string): Promise<Set<string>> {
  await using client = await connectDaemon({ stateDir });
  if (!client) return new Set();
  const [commands, terminals] = await Promise.all([client.list(), client.listTerminals()]);
  return new Set([
    ...commands.filter(({ exit }) => exit === null).map(({ id }) => `command ${id}`),
    ...terminals.filter(({ exit }) => exit === null).map(({ id }) => `terminal ${id}`),
  ]);
}

async function markedProcesses(folder: string): Promise<Leftover[]> {
  if (process.platform !== "linux") return [];
  const place = placeMark(folder);
  const found: Leftover[] = [];
  for (const pid of (await readdir("/proc")).map(Number).filter((pid) => pid > 0)) {
    const environment = await readWords(pid, "environ");
    const value = (name: string) =>
      environment.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
    const isCommand = value(COMMANDS_OF)?.startsWith(place) ?? false;
    const isTerminal = value(TERMINALS_OF) === place;
    // A command that a shell started by `oriel` has both: the command is the nearer one.
    const id = isCommand ? value("ORIEL_COMMAND") : isTerminal ? value("ORIEL_TERMINAL") : undefined;
    if (id === undefined) continue;
    const command = (await readWords(pid, "cmdline")).join(" ").trim();
    // It has gone meanwhile.
    if (command === "") continue;
    found.push({ pid, command, kind: isCommand ? "command" : "terminal", id });
  }
  return found;
}

/** Nothing of a process that has gone, or is another user's. */
const readWords = async (pid: number, file: "environ" | "cmdline"): Promise<string[]> =>
  (await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")).split("\0");
