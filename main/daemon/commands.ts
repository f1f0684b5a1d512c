/** All commands of the daemon, by id. */
import { FailureError, type Result, fail } from "#shared/kernel/failure.ts";
import { type Command, type CommandWorld, startCommand } from "./command.ts";
import type { CommandSpec, CommandState } from "./protocol.ts";

export interface Commands extends AsyncDisposable {
  start(spec: CommandSpec): Promise<Result<null, "exists" | "spawn_failed">>;
  list(): CommandState[];
  state(id: string): CommandState | null;
  /** Throws FailureError `unknown_command` where it was never started here or was released. */
  get(id: string): Command;
  /** Frees the output and the exit; at once, or when the command ends. Its id stays taken. */
  release(id: string): void;
  /** How many have not ended. */
  running(): number;
  /** When those ended whose results nobody released: milliseconds since the epoch. */
  unreleased(): number[];
}

/** How many released ids are remembered, so that a repeated start is refused long after the result was fetched. */
const REMEMBERED = 10_000;

/** `onChange` is called after each change of what `running` and `unreleased` say. Disposing ends all that run. */
export function createCommands(world: CommandWorld, onChange: () => void): Commands {
  const commands = new Map<string, Command>();
  /** Taken before the process is there: two starts of one id at once are one start. */
  const taken = new Set<string>();
  const released = new Set<string>();
  let closed = false;

  const remember = (id: string): void => {
    commands.delete(id);
    taken.delete(id);
    released.add(id);
    const [oldest] = released;
    if (released.size > REMEMBERED && oldest !== undefined) released.delete(oldest);
  };
  const all = () => [...commands.values()];

  return {
    async start(spec) {
      if (taken.has(spec.id) || released.has(spec.id)) return fail(existsFailure(spec.id));
      if (closed) return fail({ code: "spawn_failed", message: "The daemon is ending." });
      taken.add(spec.id);
      onChange();
      const result = await startCommand(spec, world);
      if (!result.ok) {
        taken.delete(spec.id);
        onChange();
        return result;
      }
      commands.set(spec.id, result.value);
      result.value.exited.then(onChange, (error: unknown) =>
        world.log(`command ${spec.id}: ${String(error)}`),
      );
      return { ok: true, value: null };
    },
    list: () => all().map((command) => command.state()),
    state: (id) => commands.get(id)?.state() ?? null,
    get(id) {
      const command = commands.get(id);
      if (command) return command;
      throw new FailureError({ code: "unknown_command", message: `The daemon has no command ${id}.` });
    },
    release(id) {
      const command = commands.get(id);
      const done = () => {
        remember(id);
        onChange();
      };
      if (command?.state().exit) done();
      else command?.exited.then(done, done);
    },
    running: () => taken.size - all().filter((command) => command.state().exit !== null).length,
    unreleased: () =>
      all()
        .map((command) => command.state().exit?.at)
        .filter((at) => at !== undefined),
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(all().map((command) => command.kill()));
    },
  };
}

const existsFailure = (id: string) =>
  ({
    code: "exists",
    message: `A command ${id} was started before.`,
    kept: "It was not started again.",
  }) as const;
