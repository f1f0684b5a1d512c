/** All terminals of the daemon, by id; those of dead daemons too. */
import { readlink } from "node:fs/promises";
import { FailureError, type Result, fail, ok } from "#shared/kernel/failure.ts";
import { pastLook } from "./past-files.ts";
import type { PastTerminal } from "./past-terminal.ts";
import type { TerminalSpec, TerminalState } from "./protocol.ts";
import { type Terminal, type TerminalWorld, openTerminal } from "./terminal.ts";

export interface Terminals extends AsyncDisposable {
  /**
   * Asked twice, by two hosts, to give a dead daemon's terminal a shell again, it does so once, and both get it. Where all
   * are being ended it does not answer: the connection's end is the answer.
   */
  open(spec: TerminalSpec): Promise<Result<null, "exists" | "spawn_failed">>;
  list(): Promise<TerminalState[]>;
  /** Throws FailureError `unknown_terminal`. */
  get(id: string): Terminal;
  /** Ends the whole tree and forgets the terminal, its screen included. Nothing for an unknown id. */
  kill(id: string): Promise<void>;
  /** Those that are just opened too. It opens no more from then on. */
  killAll(): Promise<void>;
  /** How many have not ended. */
  running(): number;
}

/**
 * `onChange` is called after each change of what `running` says. `findPast` gives the terminals of dead daemons that it
 * has not given before. Disposing ends all that run, and keeps all their screens on disk for the next daemon.
 */
export function createTerminals(
  world: TerminalWorld,
  findPast: () => Promise<ReadonlyMap<string, PastTerminal>>,
  onChange: () => void,
): Terminals {
  const terminals = new Map<string, Terminal>();
  const past = new Map<string, PastTerminal>();
  const opening = new Map<string, Promise<Result<null, "exists" | "spawn_failed">>>();
  let closed = false;

  const lookForPast = pastLook(findPast, past, (id) => terminals.has(id));
  const kill = async (id: string): Promise<void> => {
    await opening.get(id);
    if (!terminals.has(id)) await lookForPast();
    await terminals.get(id)?.close();
    terminals.delete(id);
    await past.get(id)?.close();
    past.delete(id);
    onChange();
  };
  const open = async (spec: TerminalSpec): Promise<Result<null, "exists" | "spawn_failed">> => {
    const again = spec.restore === spec.id;
    if (terminals.has(spec.id)) return again ? ok(null) : fail(exists(spec.id));
    if (past.has(spec.id) && !again) return fail(exists(spec.id));
    if (spec.restore !== undefined) await lookForPast();
    const before = past.get(spec.restore ?? "");
    // One whose screen is lost is opened all the same: a person waits for a shell.
    const result = await openTerminal(spec, world, before?.restore() ?? undefined);
    if (!result.ok) return result;
    terminals.set(spec.id, result.value);
    void result.value.exited.then(onChange);
    past.delete(spec.restore ?? "");
    // Its file is this terminal's from now on, or nobody's. What it left running is not ended: it is listed.
    if (!again) before?.forget();
    return ok(null);
  };

  return {
    async open(spec) {
      // The next daemon has it, when the connection to this one is lost.
      if (closed) return new Promise(() => {});
      const underWay = opening.get(spec.id);
      if (underWay) return spec.restore === spec.id ? underWay : fail(exists(spec.id));
      const opened = open(spec);
      opening.set(spec.id, opened);
      onChange();
      try {
        return await opened;
      } finally {
        opening.delete(spec.id);
        onChange();
      }
    },
    async list() {
      await lookForPast();
      return Promise.all([...terminals.values(), ...past.values()].map(stateOf));
    },
    get(id) {
      const terminal = terminals.get(id) ?? past.get(id);
      if (terminal) return terminal;
      throw new FailureError({ code: "unknown_terminal", message: `The daemon has no terminal ${id}.` });
    },
    kill,
    async killAll() {
      closed = true;
      await lookForPast();
      await Promise.all([...new Set([...opening.keys(), ...terminals.keys(), ...past.keys()])].map(kill));
    },
    running: () =>
      opening.size + [...terminals.values()].filter((terminal) => terminal.state().exit === null).length,
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.allSettled(opening.values());
      await Promise.all([...terminals.values()].map((terminal) => terminal[Symbol.asyncDispose]()));
    },
  };
}

const exists = (id: string) => ({ code: "exists", message: `A terminal ${id} is open.` }) as const;

/** A shell that does not say in which folder it is can be asked of the system, where that knows. */
async function stateOf(terminal: Terminal): Promise<TerminalState> {
  const state = terminal.state();
  if (state.cwd !== null || state.exit !== null) return state;
  return { ...state, cwd: await readlink(`/proc/${state.pid}/cwd`).catch(() => null) };
}
