/** One pty with its shell: drained at the daemon's own pace into its screen, watched or not. */
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { readlink } from "node:fs/promises";
import type { IPty } from "node-pty";
import { FailureError, type Result, fail, ok } from "#shared/kernel/failure.ts";
import { createAnswerLimit } from "./answer-limit.ts";
import { createBatch } from "./batch.ts";
import { KILL_GRACE_MS } from "./command.ts";
import { systemClock } from "./idle.ts";
import type { Log } from "./log.ts";
import { markedEnv } from "./markers.ts";
import { endTree } from "./process-tree.ts";
import type { CommandExit, TerminalSpec, TerminalState } from "./protocol.ts";
import { readToTheEnd } from "./pty-end.ts";
import { createPtyInput } from "./pty-input.ts";
import { savedFile } from "./saved.ts";
import { createSaver } from "./saver.ts";
import type { ScreenFacts, ScreenOptions, Snapshot } from "./screen.ts";
import type { Screens } from "./screens.ts";
import { type ShellFiles, withMarks } from "./shell-integration.ts";
import { signalName } from "./signals.ts";
import { type TypedPlace, createTyped } from "./typed.ts";
import { removeWhole } from "./whole-file.ts";

export interface Terminal extends AsyncDisposable {
  readonly exited: Promise<CommandExit>;
  state(): TerminalState;
  /**
   * With a place, only what the writer has not typed before. Resolves when the program has read most of it; nothing
   * where that is so now. Throws FailureError `input_gap`, and `input_full` where it has not read for too long.
   */
  write(text: string, place?: TypedPlace): Promise<void> | void;
  /** How many bytes of `writer` this shell has got; `shell` is another one after each start. */
  typed(writer: string): { offset: number };
  resize(cols: number, rows: number): void;
  /**
   * Drops screen and scrollback but for the line with the cursor (see Screen), and tells who looks. Resolves when they are
   * gone from the disk too.
   */
  clear(): Promise<void>;
  /**
   * The screen after all that was read from the pty so far, and the number of those bytes without the unfinished ones at
   * their end. A short one has only the last lines of its scrollback.
   */
  screen(short?: boolean): Promise<Snapshot & { offset: number }>;
  /** Calls back with each piece from now on: `bytes` is valid during the call only. */
  onOutput(listener: (bytes: Uint8Array, offset: number) => void): Disposable;
  /** Calls back when the screen is another one than its bytes made it: who shows it must ask for it again. */
  onCleared(listener: () => void): Disposable;
  /**
   * Its owner is done with it: ends the whole tree, and forgets the screen. Disposing keeps the screen on disk, and what a
   * shell that has ended left running.
   */
  close(): Promise<void>;
}

/** The pty is not read while that much waits for the parser, and is read again below the half. */
const MAX_UNPARSED = 8 * 1024 * 1024;

export interface TerminalWorld {
  readonly screens: Screens;
  readonly log: Log;
  /** Where terminals are saved. */
  readonly folder: string;
  /** Added to each shell's environment, so that what it leaves behind is found. */
  readonly markers: Record<string, string>;
  /** Null: shells make no marks. */
  readonly shellFiles: ShellFiles | null;
}

export const terminalMarker = (id: string): string => `ORIEL_TERMINAL=${id}`;

export async function openTerminal(
  spec: TerminalSpec,
  world: TerminalWorld,
  restore?: ScreenOptions["restore"],
): Promise<Result<Terminal, "spawn_failed">> {
  if (!statSync(spec.cwd, { throwIfNoEntry: false })?.isDirectory()) {
    return fail({ code: "spawn_failed", message: `The folder ${spec.cwd} does not exist.` });
  }
  try {
    const files = spec.integration === false ? null : world.shellFiles;
    const shell = files ? withMarks(spec, files) : { ...spec, markKey: null };
    const pty = await spawnPty(shell, spec, world.markers);
    const { cols, rows } = spec;
    return ok(
      runTerminal(spec, pty, world, { cols, rows, markKey: shell.markKey, ...(restore && { restore }) }),
    );
  } catch (error) {
    return fail({
      code: "spawn_failed",
      message: `${spec.argv[0]} could not be started.`,
      details: String(error),
    });
  }
}

/** Loaded with the first terminal: a daemon that only runs commands never needs it. */
async function spawnPty(
  { argv, env }: Pick<TerminalSpec, "argv" | "env">,
  { id, cols, rows, cwd }: TerminalSpec,
  markers: Record<string, string>,
): Promise<IPty> {
  const { spawn } = await import("node-pty");
  const [file = "", ...args] = argv;
  return spawn(file, args, {
    name: env["TERM"] ?? "xterm-256color",
    cols,
    rows,
    cwd,
    env: markedEnv(env, { ...markers, ORIEL_TERMINAL: id }),
    encoding: null,
  });
}

function runTerminal(
  spec: TerminalSpec,
  pty: IPty,
  { screens, log, folder }: TerminalWorld,
  options: ScreenOptions,
): Terminal {
  const startedAt = Date.now();
  const started = performance.now();
  const listeners = new Set<(bytes: Uint8Array, offset: number) => void>();
  const clearListeners = new Set<() => void>();
  const tree = { marker: terminalMarker(spec.id), leader: pty.pid };
  const file = savedFile(folder, spec.id);
  const mayAnswer = createAnswerLimit(() => performance.now());
  const input = createPtyInput(pty);
  const typed = createTyped();
  const shell = randomBytes(9).toString("base64url");
  let { cols, rows } = spec;
  let total = 0;
  let paused = false;
  let exit: CommandExit | null = null;
  let ending = false;
  let facts: ScreenFacts = { title: "", cwd: null, command: null };

  const screen = screens.open(spec.id, options, {
    onParsed(answers) {
      if (paused && screen.unparsed < MAX_UNPARSED / 2) {
        paused = false;
        pty.resume();
      }
      // However many look: their terminals answer nothing (shared/terminal/queries.ts).
      if (exit !== null) return;
      for (const answer of answers)
        if (input.hasRoom(answer.length) && mayAnswer()) void input.write(Buffer.from(answer));
    },
    onFacts: (changed) => (facts = changed),
  });
  const save = async (): Promise<void> => {
    const { id, session, argv } = spec;
    const cwd = (await readlink(`/proc/${pty.pid}/cwd`).catch(() => null)) ?? facts.cwd ?? spec.cwd;
    const identity = { v: 1, id, session, argv, cwd, startedAt, savedAt: Date.now(), exit } as const;
    const error = await screen.save(file, identity);
    if (error !== null) log(`terminal ${spec.id} could not be saved: ${error}`);
  };
  const saver = createSaver(systemClock, save);
  // Also a shell that has not said anything yet comes back, and one that has not been quiet yet.
  saver.changed();
  void saver.flush();

  const batch = createBatch((bytes) => {
    const offset = total;
    total += bytes.byteLength;
    for (const listener of listeners) listener(bytes, offset);
    screen.write(bytes);
    saver.changed();
    if (!paused && screen.unparsed > MAX_UNPARSED) {
      paused = true;
      pty.pause();
    }
  });
  readToTheEnd(pty);
  // With `encoding: null` the pieces are bytes, whatever node-pty's types say.
  pty.onData((data: string | Uint8Array) => batch.add(typeof data === "string" ? Buffer.from(data) : data));
  const exited = new Promise<CommandExit>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      batch.flush();
      input[Symbol.dispose]();
      const name = signal ? signalName(signal) : null;
      const durationMs = performance.now() - started;
      exit = { exitCode: name ? null : exitCode, signal: name, durationMs, at: Date.now() };
      if (!ending) saver.changed();
      resolve(exit);
    });
  });
  const endAll = async (): Promise<void> => {
    // The pid of a shell that has ended may be another process by now.
    const known = exit === null ? tree : { ...tree, leader: null };
    // An interactive shell ignores SIGTERM and ends at a hang-up; a server does the opposite.
    const left = await endTree(known, ["SIGHUP", "SIGTERM"], KILL_GRACE_MS);
    if (left.length > 0) log(`terminal ${spec.id}: could not end ${left.join(", ")}`);
    if (left.length === 0) await exited;
  };
  const letGo = async (): Promise<void> => {
    await saver[Symbol.asyncDispose]();
    screen[Symbol.dispose]();
  };

  return {
    exited,
    state: () => ({
      ...{ id: spec.id, session: spec.session, pid: pty.pid, shell, argv: spec.argv, startedAt, cols, rows },
      ...{ ...facts, total, exit, lost: false },
    }),
    write(text, place) {
      const bytes = Buffer.from(text);
      // Before any of it counts as typed.
      if (!input.hasRoom(bytes.byteLength)) throw new FailureError(INPUT_FULL);
      const fresh = place ? typed.take(bytes, place) : bytes;
      return exit === null ? input.write(fresh) : undefined;
    },
    typed: (writer) => ({ offset: typed.taken(writer) }),
    resize(newCols, newRows) {
      if (exit !== null) return;
      cols = newCols;
      rows = newRows;
      // What was read before it was meant for the old size.
      batch.flush();
      pty.resize(cols, rows);
      screen.resize(cols, rows);
    },
    async clear() {
      batch.flush();
      screen.clear();
      for (const listener of clearListeners) listener();
      if (ending) return;
      saver.changed();
      await saver.flush();
    },
    async screen(short) {
      batch.flush();
      const offset = total;
      const snapshot = await screen.snapshot(short);
      return { ...snapshot, offset: offset - snapshot.unfinished.byteLength };
    },
    onOutput(listener) {
      batch.flush();
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    onCleared(listener) {
      clearListeners.add(listener);
      return { [Symbol.dispose]: () => void clearListeners.delete(listener) };
    },
    async close() {
      ending = true;
      await endAll();
      await letGo();
      removeWhole(file);
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      await saver.flush();
      // Else what the shells say as they end would be saved, and that they ended: the next daemon starts none again.
      await saver[Symbol.asyncDispose]();
      // What a shell that has ended left in the background is the person's: it is listed (leftovers.ts), not ended.
      if (exit === null) await endAll();
      await letGo();
    },
  };
}

const INPUT_FULL = {
  code: "input_full",
  message: "The program in this terminal does not read what is typed, and no more can be kept for it.",
  kept: "What was typed before is kept, and goes on when the program reads.",
  hint: "Wait until it reads, or end it.",
} as const;
