import { setTimeout as pause } from "node:timers/promises";
import type { DaemonClient } from "#main/daemon/client.ts";
import { type Failure, FailureError } from "#shared/kernel/failure.ts";

/**
 * The same client, whose questions about what the daemon has fail as `daemon_unavailable` after `limitMs`; so do its orders
 * to end something, which may take their time, where such a question meanwhile fails. Not what an agent waits for, whose
 * command would be taken for a failed one, nor a program that does not read.
 */
export function answering(client: DaemonClient, limitMs: number): DaemonClient {
  /** As `work` does, or as soon as the daemon says nothing to anybody. */
  const whileAnswering = async (work: Promise<void>): Promise<void> => {
    const ended = new AbortController();
    const silence = async (): Promise<void> => {
      while (!ended.signal.aborted) {
        await pause(limitMs, undefined, { ref: false, signal: ended.signal });
        await within(client.list(), limitMs, { ...SILENT, kept: LATER });
      }
    };
    try {
      await Promise.race([work, silence()]);
    } finally {
      ended.abort();
    }
  };
  return {
    ...client,
    // Another one of several daemons may take the first place.
    get instance() {
      return client.instance;
    },
    get pid() {
      return client.pid;
    },
    get version() {
      return client.version;
    },
    list: () => within(client.list(), limitMs),
    state: (id) => within(client.state(id), limitMs),
    listTerminals: () => within(client.listTerminals(), limitMs),
    kill: (id) => whileAnswering(client.kill(id)),
    killTerminal: (id) => whileAnswering(client.killTerminal(id)),
    shutdown: () => whileAnswering(client.shutdown()),
  };
}

const within = <Value>(answer: Promise<Value>, limitMs: number, silent: Failure = SILENT): Promise<Value> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new FailureError(silent));
    // An answer that has come counts: it may be this process that was stopped.
    const limit = setTimeout(() => setImmediate(late), limitMs).unref();
    void answer.then(resolve, reject).finally(() => clearTimeout(limit));
  });

const SILENT = {
  code: "daemon_unavailable",
  message: "The daemon does not answer.",
  kept: "Its terminals and commands were left alone.",
  hint: "If it was stopped, continue it; `oriel doctor` shows its process.",
} as const;
/** The order has left. */
const LATER = "What was to be ended runs as long as the daemon is silent, and may be ended when it goes on.";
