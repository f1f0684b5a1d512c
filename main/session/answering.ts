import type { DaemonClient } from "#main/daemon/client.ts";
import { FailureError } from "#shared/kernel/failure.ts";

/**
 * The same client, whose questions about what the daemon has fail as `daemon_unavailable` after `limitMs`. Not what may
 * take its time: the end of a command, a program that does not read.
 */
export function answering(client: DaemonClient, limitMs: number): DaemonClient {
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
  };
}

const within = <Value>(answer: Promise<Value>, limitMs: number): Promise<Value> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new FailureError(SILENT));
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
