/** All terminals of the daemon, by id. */
import { FailureError, type Result, fail } from "#shared/kernel/failure.ts";
import type { TerminalSpec, TerminalState } from "./protocol.ts";
import { type Terminal, type TerminalWorld, openTerminal } from "./terminal.ts";

export interface Terminals extends AsyncDisposable {
  open(spec: TerminalSpec): Promise<Result<null, "exists" | "spawn_failed">>;
  list(): TerminalState[];
  /** Throws FailureError `unknown_terminal`. */
  get(id: string): Terminal;
  /** Ends the whole tree and forgets the terminal, its screen included. Nothing for an unknown id. */
  kill(id: string): Promise<void>;
  running(): number;
  /** When those ended that nobody has closed: milliseconds since the epoch. */
  unreleased(): number[];
}

/** `onChange` is called after each change of what `running` and `unreleased` say. Disposing ends all. */
export function createTerminals(world: TerminalWorld, onChange: () => void): Terminals {
  const terminals = new Map<string, Terminal>();
  const opening = new Set<string>();

  const kill = async (id: string): Promise<void> => {
    await terminals.get(id)?.[Symbol.asyncDispose]();
    terminals.delete(id);
    onChange();
  };
  const all = () => [...terminals.values()];
  const ends = () => all().map((terminal) => terminal.state().exit?.at);

  return {
    async open(spec) {
      if (terminals.has(spec.id) || opening.has(spec.id)) {
        return fail({ code: "exists", message: `A terminal ${spec.id} is open.` });
      }
      opening.add(spec.id);
      onChange();
      const result = await openTerminal(spec, world).finally(() => opening.delete(spec.id));
      if (result.ok) {
        terminals.set(spec.id, result.value);
        void result.value.exited.then(onChange);
      }
      onChange();
      return result.ok ? { ok: true, value: null } : result;
    },
    list: () => all().map((terminal) => terminal.state()),
    get(id) {
      const terminal = terminals.get(id);
      if (terminal) return terminal;
      throw new FailureError({ code: "unknown_terminal", message: `The daemon has no terminal ${id}.` });
    },
    kill,
    running: () => opening.size + ends().filter((at) => at === undefined).length,
    unreleased: () => ends().filter((at) => at !== undefined),
    async [Symbol.asyncDispose]() {
      await Promise.all([...terminals.keys()].map(kill));
    },
  };
}
