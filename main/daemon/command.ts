/** One command on pipes: spawned, drained, ended with all it started, its output and exit kept. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, statSync } from "node:fs";
import { Socket } from "node:net";
import type { Readable, Writable } from "node:stream";
import { FailureError, type Result, fail, failureOf, ok } from "#shared/kernel/failure.ts";
import type { Log } from "./log.ts";
import { markedEnv } from "./markers.ts";
import { type OutputKeep, createOutputKeep } from "./output-keep.ts";
import type { Pipes } from "./pipes.ts";
import { endTree } from "./process-tree.ts";
import type { CommandExit, CommandSpec, CommandState } from "./protocol.ts";

/** Starts the network proxy of one command (proxy/proxy.ts); disposing it ends its connections. */
export type StartProxy = (options: {
  socketPath: string;
  allow: readonly string[];
  onBlocked: (host: string) => void;
}) => Promise<AsyncDisposable>;

export interface CommandWorld {
  readonly pipes: Pipes;
  readonly startProxy: StartProxy;
  proxySocket(command: string): string;
  /** Added to each command's environment, so that a later daemon can end what a killed one left running. */
  readonly markers: Record<string, string>;
  readonly log: Log;
}

export interface Command {
  readonly exited: Promise<CommandExit>;
  state(): CommandState;
  read: OutputKeep["read"];
  kept: OutputKeep["kept"];
  /** Calls back with each piece from now on: `bytes` is valid during the call only. */
  onOutput(listener: (bytes: Uint8Array, offset: number) => void): Disposable;
  /** Throws FailureError `input_closed` or `input_full`. */
  write(text: string): void;
  closeInput(): void;
  /** Ends the whole tree; resolves when the exit is known. */
  kill(): Promise<void>;
}

/** How long processes may take to end themselves before SIGKILL. */
export const KILL_GRACE_MS = 2_000;
/**
 * Only a process that could not be ended holds the pipe open after the end of the tree. Looks, not one time: however
 * long this process did not run, what lies in the pipe is read between two of them.
 */
const DRAIN_LOOKS = 5;
const DRAIN_LOOK_MS = 100;
/** What waits for a command that does not read its input. */
const MAX_UNREAD_INPUT = 1024 * 1024;
/** No machine hands out all its pids in that time: see `findMembers`. */
const YOUNG_MS = 250;
const MAX_BLOCKED = 100;
const READ_BYTES = 64 * 1024;

/** Starts the command; `spawn_failed` where there is nothing to run, with everything that was opened closed again. */
export async function startCommand(
  spec: CommandSpec,
  world: CommandWorld,
): Promise<Result<Command, "spawn_failed">> {
  await using stack = new AsyncDisposableStack();
  const blocked = new Set<string>();
  try {
    if (spec.network) {
      stack.use(
        await world.startProxy({
          socketPath: world.proxySocket(spec.id),
          allow: spec.network.allow,
          onBlocked: (host) => blocked.size < MAX_BLOCKED && blocked.add(host),
        }),
      );
    }
    const process = await spawnOnPipes(spec, world);
    return ok(runCommand(spec, world, process, blocked, stack.move()));
  } catch (error) {
    return fail(spawnFailure(spec, error));
  }
}

interface Spawned {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly input: Writable | null;
  /** One stream, or on Windows two whose order is that of arrival. */
  readonly outputs: readonly Readable[];
  onBytes(listener: (bytes: Uint8Array) => void): void;
}

async function spawnOnPipes(spec: CommandSpec, world: CommandWorld): Promise<Spawned> {
  using ours = new DisposableStack();
  // The child's ends: as long as one is open here, ours would never see the end.
  using theirs = new DisposableStack();
  const output = await world.pipes.forOutput();
  if (output) {
    ours.defer(() => closeSync(output.read));
    theirs.defer(() => closeSync(output.write));
  }
  const input = spec.input === false ? null : await world.pipes.forInput();
  if (input) {
    ours.defer(() => closeSync(input.write));
    theirs.defer(() => closeSync(input.read));
  }
  const noPipe = spec.input === false ? "ignore" : "pipe";
  const child = spawnChild(
    spec,
    world,
    output ? [input?.read ?? noPipe, output.write, output.write] : [noPipe, "pipe", "pipe"],
  );
  const pid = await new Promise<number>((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid ?? 0)).once("error", reject);
  });
  ours.move();
  return { child, pid, ...ourEnds(child, output?.read, input?.write) };
}

/** The first descriptor after input, output and errors. */
const LIFELINE_FD = 3;

function spawnChild(
  spec: CommandSpec,
  world: CommandWorld,
  stdio: readonly (number | "ignore" | "pipe")[],
): ChildProcess {
  const [file = "", ...args] = spec.argv;
  const child = spawn(file, args, {
    cwd: spec.cwd,
    env: markedEnv(spec.env, {
      ...world.markers,
      ORIEL_COMMAND: spec.id,
      ...(spec.lifeline && { ORIEL_LIFELINE: String(LIFELINE_FD) }),
    }),
    // Its own session and group: no terminal, and a group to end on platforms without /proc.
    detached: true,
    windowsHide: true,
    stdio: spec.lifeline ? [...stdio, "pipe"] : [...stdio],
  });
  // Nothing is said on it. That it breaks is what it is for.
  child.stdio[LIFELINE_FD]?.on("error", () => undefined);
  return child;
}

function ourEnds(child: ChildProcess, readFd: number | undefined, writeFd: number | undefined) {
  const listeners: ((bytes: Uint8Array) => void)[] = [];
  const tell = (bytes: Uint8Array) => listeners.forEach((listener) => listener(bytes));
  const input =
    writeFd === undefined ? child.stdin : new Socket({ fd: writeFd, readable: false, writable: true });
  // A command that ends without reading all of its input is no fault of anybody.
  input?.on("error", () => {});
  if (readFd === undefined) {
    const outputs = [child.stdout, child.stderr].filter((stream) => stream !== null);
    for (const stream of outputs) stream.on("data", tell);
    return {
      input,
      outputs,
      onBytes: (listener: (bytes: Uint8Array) => void) => void listeners.push(listener),
    };
  }
  // One buffer, read again and again: a flood allocates nothing.
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const callback = (count: number): boolean => {
    tell(buffer.subarray(0, count));
    return true;
  };
  const output = new Socket({ fd: readFd, readable: true, writable: false, onread: { buffer, callback } });
  output.on("error", () => {});
  return {
    input,
    outputs: [output],
    onBytes: (listener: (bytes: Uint8Array) => void) => void listeners.push(listener),
  };
}

function runCommand(
  spec: CommandSpec,
  world: CommandWorld,
  spawned: Spawned,
  blocked: ReadonlySet<string>,
  owned: AsyncDisposableStack,
): Command {
  const { child, pid, input, outputs } = spawned;
  const startedAt = Date.now();
  const started = performance.now();
  const keep = createOutputKeep(spec.keepBytes);
  const listeners = new Set<(bytes: Uint8Array, offset: number) => void>();
  const tree = { marker: `ORIEL_COMMAND=${spec.id}`, leader: pid };
  let exit: CommandExit | null = null;
  let killing: Promise<unknown> | null = null;

  spawned.onBytes((bytes) => {
    const offset = keep.total;
    keep.append(bytes);
    for (const listener of listeners) listener(bytes, offset);
  });
  const ended = Promise.all(outputs.map((stream) => new Promise((resolve) => stream.once("close", resolve))));

  const settle = async (exitCode: number | null, signal: string | null): Promise<CommandExit> => {
    const durationMs = performance.now() - started;
    const at = Date.now();
    // A kill gives each process of the tree its time, also when the first one has gone.
    await killing;
    // A command is over when its first process is: what it left in the background does not stay.
    const left = await endTree({ ...tree, young: durationMs < YOUNG_MS }, [], 0);
    if (left.length > 0) world.log(`command ${spec.id}: could not end ${left.join(", ")}`);
    await drained(ended, outputs);
    input?.destroy();
    await owned.disposeAsync();
    exit = { exitCode, signal, durationMs, at };
    return exit;
  };
  const exited = new Promise<CommandExit>((resolve, reject) => {
    child.once("exit", (code, signal) => void settle(code, signal).then(resolve, reject));
  });

  return {
    exited,
    state: () => ({
      id: spec.id,
      session: spec.session,
      pid,
      startedAt,
      exit,
      total: keep.total,
      blocked: [...blocked],
    }),
    read: keep.read,
    kept: keep.kept,
    onOutput(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    write: (text) => writeInput(input, text),
    closeInput: () => void input?.end(),
    async kill() {
      if (exit === null) killing ??= endTree(tree, ["SIGTERM"], KILL_GRACE_MS);
      await exited;
    },
  };
}

/** Waits until all that was written has been read: to the end of the pipe, which comes at once when nobody holds it. */
async function drained(ended: Promise<unknown>, outputs: readonly Readable[]): Promise<void> {
  let looks = DRAIN_LOOKS;
  const limit = setInterval(() => {
    looks -= 1;
    if (looks === 0) outputs.forEach((stream) => stream.destroy());
  }, DRAIN_LOOK_MS);
  await ended;
  clearInterval(limit);
}

function writeInput(input: Writable | null, text: string): void {
  if (input === null || !input.writable) {
    throw new FailureError({ code: "input_closed", message: "The command no longer takes input." });
  }
  if (input.writableLength + text.length > MAX_UNREAD_INPUT) {
    throw new FailureError({
      code: "input_full",
      message: "The command has not read what was written to it before.",
      kept: "Nothing of this text was written.",
    });
  }
  input.write(text);
}

function spawnFailure(spec: CommandSpec, error: unknown) {
  const known = failureOf(error);
  const isFolder = statSync(spec.cwd, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return {
    code: "spawn_failed",
    message: isFolder ? `${spec.argv[0]} could not be started.` : `The folder ${spec.cwd} does not exist.`,
    details: known?.message ?? (error instanceof Error ? error.message : String(error)),
  } as const;
}
