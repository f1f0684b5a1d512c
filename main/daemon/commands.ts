/** All commands of the daemon, by id; those of dead daemons too that nobody asked for. */
import { FailureError, type Result, fail } from "#shared/kernel/failure.ts";
import { type Command, type CommandWorld, startCommand } from "./command.ts";
import { pastLook } from "./past-files.ts";
import { type PastCommand, removeResult, saveResult } from "./past-command.ts";
import type { CommandSpec, CommandState } from "./protocol.ts";

export interface Commands extends AsyncDisposable {
  start(spec: CommandSpec): Promise<Result<null, "exists" | "spawn_failed">>;
  list(): Promise<CommandState[]>;
  state(id: string): Promise<CommandState | null>;
  /** Throws FailureError `unknown_command` where it was never started here or was released. */
  find(id: string): Promise<Command>;
  /** The same at once, of a dead daemon's for those that were found or listed before. */
  get(id: string): Command;
  /**
   * Frees the output and the exit: when it resolves, on the disk too; of one that goes on, when that ends. Its id stays
   * taken.
   */
  release(id: string): Promise<void>;
  /** How many go on, or have left a result that is neither released nor on the disk. */
  busy(): number;
  /** Brings the results that nobody released to the disk: for when nobody is there. */
  save(): void;
}

/** How many released ids are remembered, so that a repeated start is refused long after the result was fetched. */
const REMEMBERED = 10_000;

/**
 * Results are saved in `folder`; `findPast` gives those of dead daemons that it has not given before. `onChange` is called
 * after each change of what `busy` says. Disposing saves the results and ends all that run.
 */
export function createCommands(
  world: CommandWorld,
  folder: string,
  findPast: () => Promise<ReadonlyMap<string, PastCommand>>,
  onChange: () => void,
): Commands {
  const commands = new Map<string, Command>();
  const past = new Map<string, PastCommand>();
  const saving = new Map<string, Promise<void>>();
  const onDisk = new Set<string>();
  /** Taken before the process is there: two starts of one id at once are one start. */
  const taken = new Set<string>();
  const released = new Set<string>();
  let closed = false;

  const remember = (id: string): void => {
    commands.delete(id);
    past.delete(id);
    taken.delete(id);
    onDisk.delete(id);
    released.add(id);
    const [oldest] = released;
    if (released.size > REMEMBERED && oldest !== undefined) released.delete(oldest);
  };
  const all = () => [...commands.values()];
  const lookForPast = pastLook(findPast, past, (id) => commands.has(id));
  const known = (id: string): Command | undefined => commands.get(id) ?? past.get(id);
  const look = async (id: string): Promise<void> => {
    if (!known(id)) await lookForPast();
  };
  const get = (id: string): Command => {
    const command = known(id);
    if (command) return command;
    throw new FailureError({ code: "unknown_command", message: `The daemon has no command ${id}.` });
  };
  const forgetResult = async (id: string): Promise<void> => {
    try {
      await saving.get(id);
      removeResult(folder, id);
    } catch (error) {
      world.log(`the result of command ${id} could not be removed: ${String(error)}`);
    }
  };
  const saveOne = async (id: string, command: Command): Promise<void> => {
    try {
      await saveResult(folder, command);
      if (commands.has(id)) onDisk.add(id);
    } catch (error) {
      // Tried again with the next client that goes; until then the daemon stays.
      world.log(`the result of command ${id} could not be saved: ${String(error)}`);
    }
    saving.delete(id);
    if (onDisk.has(id)) onChange();
  };
  const save = (): void => {
    for (const [id, command] of commands) {
      const isDue = command.state().exit !== null && !saving.has(id) && !onDisk.has(id);
      if (isDue) saving.set(id, saveOne(id, command));
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
      await look(id);
      return known(id)?.state() ?? null;
    },
    async find(id) {
      await look(id);
      return get(id);
    },
    get,
    async release(id) {
      await look(id);
      const command = known(id);
      const done = (): Promise<void> => {
        remember(id);
        onChange();
        return forgetResult(id);
      };
      if (command?.state().exit) await done();
      else command?.exited.then(done, done);
    },
    busy: () => taken.size - onDisk.size,
    save,
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(all().map((command) => command.kill()));
      save();
      await Promise.all(saving.values());
    },
  };
}

const existsFailure = (id: string) =>
  ({
    code: "exists",
    message: `A command ${id} was started before.`,
    kept: "It was not started again.",
  }) as const;
