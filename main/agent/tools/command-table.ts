import type { RunningCommand } from "../agent.ts";

/** A command that goes on after its call returned, and how far the model has read its output (bytes). */
export interface TrackedCommand {
  readonly command: RunningCommand;
  offset: number;
}

export interface CommandTable {
  track(command: RunningCommand): TrackedCommand;
  get(handle: string): TrackedCommand | null;
  forget(handle: string): void;
  /** Ends every command that still runs: the turn was stopped. */
  killAll(): Promise<void>;
}

export function commandTable(): CommandTable {
  const tracked = new Map<string, TrackedCommand>();
  return {
    track(command) {
      const entry = { command, offset: 0 };
      tracked.set(command.handle, entry);
      return entry;
    },
    get: (handle) => tracked.get(handle) ?? null,
    forget: (handle) => void tracked.delete(handle),
    async killAll() {
      const all = [...tracked.values()];
      tracked.clear();
      await Promise.all(all.map(({ command }) => command.kill()));
    },
  };
}
