import { setTimeout as sleep } from "node:timers/promises";
import type { DaemonClient } from "#main/daemon/client.ts";
import { FailureError, failureOf } from "#shared/kernel/failure.ts";

/**
 * A daemon that does not answer keeps a stopped turn from its end for so long, in ms: longer than the agent waits for a
 * command that it kills, so that the agent's own words come first.
 */
const SILENT_MS = 6000;
/** A lost connection counts as closed a moment after its calls have failed. In ms. */
const CLOSING_MS = 1000;
/** So often in a row a connection may be lost during one question. */
const ATTEMPTS = 5;

export interface Asking {
  /**
   * Asks the daemon. Where the connection is lost and the same daemon is there again, it goes on with that: `question` is
   * asked again unless it is not to be `repeated`. Throws FailureError: what the daemon says, `command_lost` where it is
   * gone, `daemon_silent` where it lives and can't be reached, and some time after the turn was stopped, `input_unsure`
   * for what is not repeated.
   */
  ask<Value>(question: (daemon: DaemonClient) => Promise<Value>, repeated?: boolean): Promise<Value>;
  /** Runs `follow` with the daemon, and again with each new connection to it, until the returned function is called. */
  follow(follow: (daemon: DaemonClient) => () => void): () => void;
}

/** For the questions about `command`, of which `first` was asked. `stopped` is the turn's signal. */
export function asking(
  command: string,
  connect: () => Promise<DaemonClient>,
  first: DaemonClient,
  stopped: AbortSignal,
): Asking {
  let current = first;
  const following = new Map<(daemon: DaemonClient) => () => void, () => void>();

  const connectAgain = async (gone: DaemonClient): Promise<void> => {
    await closing(gone);
    // A new daemon first ends what the old one left, so that nothing goes on behind the words.
    const next = await connect().catch((error: unknown) => {
      if (failureOf(error) === null) throw error;
      // One that lives and is not reached, whatever the cause, goes on with its commands.
      throw isAlive(gone.pid) ? new FailureError(SILENT, { cause: error }) : lost(error);
    });
    // Where the connection is as it was, it was an older daemon's that is gone. Another one has what an older one runs.
    const isThere = next !== gone && (next.instance === gone.instance || (await has(next, command)));
    if (!isThere) throw lost();
    if (current !== gone) return;
    current = next;
    for (const follow of following.keys()) following.set(follow, follow(next));
  };

  return {
    ask: async (question, repeated = true) => {
      for (let attempt = 1; ; attempt += 1) {
        const asked = current;
        try {
          return await unlessSilent(question(asked), stopped);
        } catch (error) {
          if (failureOf(error)?.code !== "daemon_gone") throw error;
          if (attempt === ATTEMPTS) throw lost(error);
          await connectAgain(asked);
          if (!repeated) throw new FailureError(INPUT_UNSURE, { cause: error });
        }
      }
    },
    follow: (follow) => {
      following.set(follow, follow(current));
      return () => {
        following.get(follow)?.();
        following.delete(follow);
      };
    },
  };
}

/** False also where the connection is lost once more. */
const has = (daemon: DaemonClient, command: string): Promise<boolean> =>
  daemon.state(command).then(
    (state) => state !== null,
    () => false,
  );

/** Resolves when a connection whose calls failed counts as closed, so that the next one is another. */
export const closing = (gone: DaemonClient): Promise<void> =>
  Promise.race([gone.closed, sleep(CLOSING_MS, undefined, { ref: false })]);

/** Also for a process that is another by now: then nothing is said of the command that is not known. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function unlessSilent<Value>(answer: Promise<Value>, stopped: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    let limit: NodeJS.Timeout | undefined;
    const onStop = (): void => {
      limit = setTimeout(() => reject(new FailureError(SILENT)), SILENT_MS).unref();
    };
    if (stopped.aborted) onStop();
    stopped.addEventListener("abort", onStop, { once: true });
    void answer.then(resolve, reject).finally(() => {
      clearTimeout(limit);
      stopped.removeEventListener("abort", onStop);
    });
  });
}

/** For what may fail in a known way without changing anything: surprises still throw. */
export function expected(error: unknown): null {
  if (failureOf(error) === null) throw error;
  return null;
}

const lost = (cause?: unknown): FailureError => new FailureError(COMMAND_LOST, { cause });

/** What a daemon that went away took with it: the person and the model are told what that means. */
export const COMMAND_LOST = {
  code: "command_lost",
  message:
    "The process that ran this command is gone, so how far the command got is not known. Look at the state of things before it is run again.",
  kept: "Everything that was written to the worktree until then.",
} as const;

export const SILENT = {
  code: "daemon_silent",
  message: "The process that runs the commands does not answer, so whether this one has ended is not known.",
  kept: "Everything that was written to the worktree until then.",
} as const;

const INPUT_UNSURE = {
  code: "input_unsure",
  message:
    "The connection was lost while this was written, so whether the command got it is not known. It still runs: read its output first.",
} as const;
