import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import path from "node:path";
import { z } from "zod";
import { connect } from "#app/cli/connect.ts";
import type { HostRuntime } from "#app/cli/connect.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { storedEvent } from "#shared/session/contract.ts";
import { processesWith } from "./processes.ts";
import { until } from "./until.ts";
import { isBuilt } from "../../scripts/bootstrap/build.mjs";

const ROOT = path.join(import.meta.dirname, "../..");
/** The sources' own where no build of them is there, which costs each process most of its start. */
const COMMAND = path.join(ROOT, isBuilt() ? "dist/cli.js" : "app/cli/main.ts");

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommandLine {
  readonly process: ChildProcess;
  /** The events that `--json` printed so far. */
  readonly events: readonly UnknownEvent[];
  /** The first event, printed already or later, that fits; rejects when the command ends without one. */
  event(fits: (event: UnknownEvent) => boolean): Promise<UnknownEvent>;
  readonly finished: Promise<Finished>;
}

/** An Oriel of its own: a data directory, and the command run on it. Ends host and daemon and removes all at the end. */
export interface TestOriel extends AsyncDisposable {
  readonly root: string;
  readonly dataDir: string;
  /** What its hosts are. */
  readonly runtime: HostRuntime;
  start(...args: string[]): RunningCommandLine;
  run(...args: string[]): Promise<Finished>;
  /** The process id of the host that holds the data directory. */
  hostPid(): Promise<number>;
  /** kill -9; resolves when it holds nothing any more. Does nothing where none runs. */
  killHost(): Promise<void>;
  killDaemon(): Promise<void>;
}

/** `command`: the file of the `oriel` command, built or not. */
export async function createOriel(
  env: Readonly<Record<string, string>> = {},
  command: string = COMMAND,
): Promise<TestOriel> {
  const temp = await tempDir();
  const root = temp.path;
  const data = path.join(root, "data");
  const started = new Set<ChildProcess>();

  const start = (...args: string[]): RunningCommandLine => {
    const child = spawn(process.execPath, [command, ...args, "--data-dir", data], {
      env: { PATH: process.env["PATH"], HOME: root, ORIEL_OFFLINE_SPEED: "Infinity", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.add(child);
    child.once("close", () => started.delete(child));
    return watch(child);
  };

  return {
    root,
    dataDir: data,
    runtime: {
      node: process.execPath,
      entry: path.join(path.dirname(command), command.endsWith(".ts") ? "../host/main.ts" : "host.js"),
    },
    start,
    run: (...args) => start(...args).finished,
    hostPid: async () => {
      using connection = await connect(data);
      if (!connection) throw new Error("no host runs");
      return (await connection.client.host.info()).pid;
    },
    killHost: () => killHost(data),
    killDaemon: () => killDaemon(data),
    [Symbol.asyncDispose]: async () => {
      for (const child of started) child.kill("SIGKILL");
      await killHost(data);
      await endDaemon(data);
      await killStarting(data);
      await temp[Symbol.asyncDispose]();
    },
  };
}

function watch(child: ChildProcess): RunningCommandLine {
  const events: UnknownEvent[] = [];
  const waiting = new Set<() => void>();
  let stdout = "";
  let stderr = "";
  let ended = false;
  child.stderr?.on("data", (piece) => (stderr += String(piece)));
  if (child.stdout) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      stdout += `${line}\n`;
      const event = asEvent(line);
      if (event) events.push(event);
      for (const check of waiting) check();
    });
  }
  const finished = once(child, "close").then(([exitCode]): Finished => {
    ended = true;
    for (const check of waiting) check();
    return { exitCode: z.number().nullable().parse(exitCode), stdout, stderr };
  });
  return {
    process: child,
    events,
    finished,
    event: (fits) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = events.find(fits);
          if (!found && !ended) return;
          waiting.delete(check);
          if (found) resolve(found);
          else reject(new Error(`the command ended without that event: ${stderr}`));
        };
        waiting.add(check);
        check();
      }),
  };
}

function asEvent(line: string): UnknownEvent | null {
  if (!line.startsWith("{")) return null;
  const parsed = storedEvent.safeParse(JSON.parse(line));
  return parsed.success ? parsed.data : null;
}

async function killHost(data: string): Promise<void> {
  using connection = await connect(data);
  if (!connection) return;
  const { pid } = await connection.client.host.info();
  process.kill(pid, "SIGKILL");
  await connection.closed;
}

async function killDaemon(data: string): Promise<void> {
  const client = await connectDaemon({ stateDir: dataDir(data).state });
  if (!client) return;
  process.kill(client.pid, "SIGKILL");
  await client.closed;
}

/** A host or a daemon that its starter did not outlive serves nobody yet, and would make the folder anew. */
async function killStarting(data: string): Promise<void> {
  await until(() => {
    const left = processesWith(data);
    for (const { pid } of left) killIfThere(pid);
    return left.length === 0 ? true : null;
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
}

async function endDaemon(data: string): Promise<void> {
  const client = await connectDaemon({ stateDir: dataDir(data).state });
  if (!client) return;
  await client.shutdown();
  await client.closed;
}
