import { connectDaemon, ensureDaemon } from "#main/daemon/client.ts";
import type { DaemonClient } from "#main/daemon/client.ts";
import { prepareDaemonFiles } from "#main/daemon/files.ts";
import { isAnythingLeft } from "#main/daemon/leftovers.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import { answering } from "./answering.ts";

/**
 * The host's one connection to the daemon: made when it is first needed, and anew when it was lost. What asks it for what it
 * has fails as `daemon_unavailable` where it has stopped answering.
 */
export interface DaemonLink extends AsyncDisposable {
  /** The daemon, started where none runs. Throws FailureError where it can't be. */
  daemon(): Promise<DaemonClient>;
  /** The daemon that runs, or null. */
  existing(): Promise<DaemonClient | null>;
  /**
   * Who can end things: the daemon that runs; where none does, a new one if those that are gone left a process or a
   * terminal, which it takes over; else null.
   */
  keeper(): Promise<DaemonClient | null>;
  /** While `work` goes on, a daemon that could not be reached is not waited for again: it fails as it did. */
  waitingOnce<Value>(work: () => Promise<Value>): Promise<Value>;
  /** From now on no daemon is started: `daemon` throws FailureError `host_ends`. */
  startNoMore(): void;
}

const HOST_ENDS = {
  code: "host_ends",
  message: "Oriel is ending, and starts nothing any more.",
  kept: "All that was done so far is kept.",
  hint: "Start Oriel again.",
} as const;

/** A daemon that is asked what it has and says nothing for so long is stopped or stuck, in ms. */
const ANSWER_MS = 10_000;

export function createDaemonLink(options: {
  stateDir: string;
  entry: string;
  version: string;
  answerMs?: number;
}): DaemonLink {
  let current: Promise<DaemonClient | null> | null = null;
  let starting: Promise<DaemonClient> | null = null;
  let startsNone = false;
  let waitsOnce = false;
  /** The failure to reach a daemon, while it is remembered. */
  let unreached: Promise<DaemonClient | null> | null = null;

  const limited = (client: DaemonClient): DaemonClient => answering(client, options.answerMs ?? ANSWER_MS);
  const hold = (connecting: Promise<DaemonClient | null>): Promise<DaemonClient | null> => {
    const held = connecting.then((client) => {
      if (client === null) forget();
      else void client.closed.then(forget);
      return client;
    });
    const forget = (): void => {
      if (current === held) current = null;
    };
    held.catch(() => {
      forget();
      if (waitsOnce) unreached = held;
    });
    current = held;
    return held;
  };

  const start = async (): Promise<DaemonClient> => {
    if (startsNone) throw new FailureError(HOST_ENDS);
    const { stateDir, version } = options;
    const entry = prepareDaemonFiles({ source: options.entry, stateDir, version });
    return limited(await ensureDaemon({ stateDir, entry, version }));
  };

  /** All who ask at once get the same one. */
  const started = (): Promise<DaemonClient> => {
    if (starting !== null) return starting;
    const begun = start();
    starting = begun;
    void hold(begun)
      .catch(() => undefined)
      .finally(() => (starting = null));
    return begun;
  };

  const connected = async (): Promise<DaemonClient | null> => {
    const client = await connectDaemon(options);
    return client && limited(client);
  };
  const existing = async (): Promise<DaemonClient | null> => unreached ?? current ?? hold(connected());

  return {
    async daemon() {
      const client = await (unreached ?? current);
      if (client === null) return started();
      if (client.version === options.version) return client;
      if (startsNone) throw new FailureError(HOST_ENDS);
      await client.startOwn();
      return client;
    },
    existing,
    keeper: async () => (await existing()) ?? ((await isAnythingLeft(options)) ? started() : null),
    waitingOnce: async (work) => {
      waitsOnce = true;
      try {
        return await work();
      } finally {
        waitsOnce = false;
        unreached = null;
      }
    },
    startNoMore: () => {
      startsNone = true;
    },
    [Symbol.asyncDispose]: async () => {
      const client = await current?.catch(() => null);
      await client?.[Symbol.asyncDispose]();
    },
  };
}
