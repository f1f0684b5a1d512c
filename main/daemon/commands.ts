/** All commands of the daemon, by id; those of dead daemons too that nobody asked for. */
import { FailureError, type Result, fail } from "#shared/kernel/failure.ts";
import { type Command, type CommandWorld, startCommand } from "./command.ts";
import { type PastCommand, removeResult, saveResult } from "./past-command.ts";
import type { CommandSpec, CommandState } from "./protocol.ts";

export interface Commands extends AsyncDisposable {
  start(spec: CommandSpec): Promise<Result<null, "exists" | "spawn_failed">>;
  list(): Promise<CommandState[]>;
  state(id: string): Promise<CommandState | null>;
  /**
   * Throws FailureError `unknown_command` where it was never started here or was released; and for one of a dead daemon
   * that neither `state` nor `list` has found yet.
   */
  get(id: string): Command;
  /** Frees the output and the exit; at once, or when the command ends. Its id stays taken. */
  release(id: string): void;
  /** How many have not ended. */
  running(): number;
  /** Brings the results that nobody released to the disk: for when nobody is there. */
  save(): void;
}

/** How many released ids are remembered, so that a repeated start is refused long after the result was fetched. */
const REMEMBERED = 10_000;

/**
 * Results are saved in `folder`; `findPast` gives those of dead daemons that it has not given before. `onChange` is called
 * after each change of what `running` says. Disposing saves the results and ends all that run.
 */
export function createCommands(
  world: CommandWorld,
  folder: string,
  findPast: () => Promise<ReadonlyMap<string, PastCommand>>,
  onChange: () => void,
): Commands {
  const commands = new Map<string, Command>();
  const past = new Map<string, PastCommand>();
  const saved = new Map<string, Promise<void>>();
  /** Taken before the process is there: two starts of one id at once are one start. */
  const taken = new Set<string>();
  const released = new Set<string>();
  let closed = false;

  const remember = (id: string): void => {
    commands.delete(id);
    past.delete(id);
    taken.delete(id);
    released.add(id);
    const [oldest] = released;
    if (released.size > REMEMBERED && oldest !== undefined) released.delete(oldest);
  };
  const all = () => [...commands.values()];
  const lookForPast = async (): Promise<void> => {
    for (const [id, command] of await findPast()) if (!commands.has(id)) past.set(id, command);
  };
  const forgetResult = async (id: string): Promise<void> => {
    await saved.get(id);
    saved.delete(id);
    removeResult(folder, id);
  };
  const save = (): void => {
    for (const [id, command] of commands) {
      if (saved.has(id) || command.state().exit === null) continue;
      const saving = saveResult(folder, command).catch((error: unknown) =>
        world.log(`the result of command ${id} could not be saved: ${String(error)}`),
      );
      saved.set(id, saving);
    }
  };

  return {
    async start(spec) {
      if (taken.has(spec.id) || past.has(spec.id) || released.has(spec.id))
        return fail(existsFailure(spec.id));
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
    async list() {
      await lookForPast();
      return [...all(), ...past.values()].map((command) => command.state());
    },
    async state(id) {
      if (!commands.has(id)) await lookForPast();
      return (commands.get(id) ?? past.get(id))?.state() ?? null;
    },
    get(id) {
      const command = commands.get(id) ?? past.get(id);
      if (command) return command;
      throw new FailureError({ code: "unknown_command", message: `The daemon has no command ${id}.` });
    },
    release(id) {
      const command = commands.get(id) ?? past.get(id);
      const done = () => {
        remember(id);
        void forgetResult(id);
        onChange();
      };
      if (command?.state().exit) done();
      else command?.exited.then(done, done);
    },
    running: () => taken.size - all().filter((command) => command.state().exit !== null).length,
    save,
    async [Symbol.asyncDispose]() {
      closed = true;
      save();
      await Promise.all(all().map((command) => command.kill()));
      await Promise.all(saved.values());
    },
  };
}

const existsFailure = (id: string) =>
  ({
    code: "exists",
    message: `A command ${id} was started before.`,
    kept: "It was not started again.",
  }) as const;
