/** One pty with its shell: drained at the daemon's own pace into its screen, watched or not. */
import { statSync } from "node:fs";
import type { IPty } from "node-pty";
import { type Result, fail, ok } from "#shared/kernel/failure.ts";
import { KILL_GRACE_MS } from "./command.ts";
import type { Log } from "./log.ts";
import { endTree } from "./process-tree.ts";
import type { CommandExit, TerminalSpec, TerminalState } from "./protocol.ts";
import type { ScreenState } from "./screen.ts";
import type { Screens } from "./screens.ts";
import { signalName } from "./signals.ts";

export interface Terminal extends AsyncDisposable {
  readonly exited: Promise<CommandExit>;
  state(): TerminalState;
  write(text: string): void;
  resize(cols: number, rows: number): void;
  /** The screen after all that was read from the pty so far, and the number of those bytes. */
  screen(): Promise<ScreenState & { offset: number }>;
  /** Calls back with each piece from now on: `bytes` is valid during the call only. */
  onOutput(listener: (bytes: Uint8Array, offset: number) => void): Disposable;
  /** While there is one, it answers the programs' queries; the daemon does not. */
  addViewer(): Disposable;
}

/** The pty is not read while that much waits for the parser, and is read again below the half. */
const MAX_UNPARSED = 1024 * 1024;

export interface TerminalWorld {
  readonly screens: Screens;
  readonly log: Log;
}

export async function openTerminal(
  spec: TerminalSpec,
  world: TerminalWorld,
): Promise<Result<Terminal, "spawn_failed">> {
  if (!statSync(spec.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return fail({ code: "spawn_failed", message: `The folder ${spec.cwd} does not exist.` });
  }
  try {
    return ok(runTerminal(spec, await spawnPty(spec), world));
  } catch (error) {
    return fail({
      code: "spawn_failed",
      message: `${spec.argv[0]} could not be started.`,
      details: String(error),
    });
  }
}

/** Loaded with the first terminal: a daemon that only runs commands never needs it. */
async function spawnPty(spec: TerminalSpec): Promise<IPty> {
  const { spawn } = await import("node-pty");
  const [file = "", ...args] = spec.argv;
  return spawn(file, args, {
    name: spec.env["TERM"] ?? "xterm-256color",
    cols: spec.cols,
    rows: spec.rows,
    cwd: spec.cwd,
    env: { ...spec.env, ORIEL_TERMINAL: spec.id },
    encoding: null,
  });
}

function runTerminal(spec: TerminalSpec, pty: IPty, { screens, log }: TerminalWorld): Terminal {
  const startedAt = Date.now();
  const started = performance.now();
  const listeners = new Set<(bytes: Uint8Array, offset: number) => void>();
  const tree = { marker: `ORIEL_TERMINAL=${spec.id}`, leader: pty.pid };
  let { cols, rows } = spec;
  let total = 0;
  let viewers = 0;
  let paused = false;
  let exit: CommandExit | null = null;
  let facts = { title: "", cwd: null as string | null };

  const screen = screens.open(spec.id, cols, rows, {
    onParsed(answers) {
      if (paused && screen.unparsed < MAX_UNPARSED / 2) {
        paused = false;
        pty.resume();
      }
      if (viewers === 0 && exit === null) for (const answer of answers) pty.write(answer);
    },
    onFacts: (changed) => (facts = changed),
  });

  // With `encoding: null` the pieces are bytes, whatever node-pty's types say.
  pty.onData((data: string | Uint8Array) => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    const offset = total;
    total += bytes.byteLength;
    screen.write(bytes);
    for (const listener of listeners) listener(bytes, offset);
    if (!paused && screen.unparsed > MAX_UNPARSED) {
      paused = true;
      pty.pause();
    }
  });
  const exited = new Promise<CommandExit>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      const name = signal ? signalName(signal) : null;
      exit = {
        exitCode: name ? null : exitCode,
        signal: name,
        durationMs: performance.now() - started,
        at: Date.now(),
      };
      resolve(exit);
    });
  });

  return {
    exited,
    state: () => ({
      id: spec.id,
      session: spec.session,
      pid: pty.pid,
      argv: spec.argv,
      startedAt,
      cols,
      rows,
      ...facts,
      total,
      exit,
    }),
    write(text) {
      if (exit === null) pty.write(text);
    },
    resize(newCols, newRows) {
      if (exit !== null) return;
      cols = newCols;
      rows = newRows;
      pty.resize(cols, rows);
      screen.resize(cols, rows);
    },
    async screen() {
      const offset = total;
      return { ...(await screen.snapshot()), offset };
    },
    onOutput(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    addViewer() {
      viewers += 1;
      return { [Symbol.dispose]: () => void (viewers -= 1) };
    },
    async [Symbol.asyncDispose]() {
      // The pid of a shell that has ended may be another process by now.
      const known = exit === null ? tree : { ...tree, leader: null };
      // An interactive shell ignores SIGTERM and ends at a hang-up; a server does the opposite.
      const left = await endTree(known, ["SIGHUP", "SIGTERM"], KILL_GRACE_MS);
      if (left.length > 0) log(`terminal ${spec.id}: could not end ${left.join(", ")}`);
      if (left.length === 0) await exited;
      screen[Symbol.dispose]();
    },
  };
}
