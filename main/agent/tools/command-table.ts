import { failureOf } from "#shared/kernel/failure.ts";
import type { RunningCommand } from "../agent.ts";
import type { Clock } from "../clock.ts";
import { killed } from "./command-wait.ts";

/** A command that goes on after its call returned, and how far the model has read its output (bytes). */
export interface TrackedCommand {
  readonly command: RunningCommand;
  offset: number;
}

export interface CommandTable {
  track(command: RunningCommand): TrackedCommand;
  get(handle: string): TrackedCommand | null;
  forget(handle: string): void;
  /** Ends every command that still runs: the turn was stopped. Waits a while for those that can't be ended. */
  killAll(clock: Clock): Promise<void>;
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
    async killAll(clock) {
      const all = [...tracked.values()];
      tracked.clear();
      const ends = await Promise.allSettled(all.map((command) => killed(command, clock)));
      const surprise = ends.find((end) => end.status === "rejected" && failureOf(end.reason) === null);
      if (surprise?.status === "rejected") throw surprise.reason;
    },
  };
}
