import { connectDaemon, ensureDaemon } from "#main/daemon/client.ts";
import type { DaemonClient } from "#main/daemon/client.ts";
import { prepareDaemonFiles } from "#main/daemon/files.ts";

/** The host's one connection to the daemon: made when it is first needed, and anew when it was lost. */
export interface DaemonLink extends AsyncDisposable {
  /** The daemon, started where none runs. Throws FailureError where it can't be. */
  daemon(): Promise<DaemonClient>;
  /** The daemon that runs, or null. */
  existing(): Promise<DaemonClient | null>;
}

export function createDaemonLink(options: { stateDir: string; entry: string; version: string }): DaemonLink {
  let current: Promise<DaemonClient | null> | null = null;
  let starting: Promise<DaemonClient> | null = null;

  const hold = (connecting: Promise<DaemonClient | null>): Promise<DaemonClient | null> => {
    const held = connecting.then((client) => {
      if (client === null) forget();
      else void client.closed.then(forget);
      return client;
    });
    const forget = (): void => {
      if (current === held) current = null;
    };
    held.catch(forget);
    current = held;
    return held;
  };

  const start = async (): Promise<DaemonClient> => {
    const { stateDir, version } = options;
    const entry = prepareDaemonFiles({ source: options.entry, stateDir, version });
    return ensureDaemon({ stateDir, entry, version });
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

  return {
    daemon: async () => (await current) ?? started(),
    existing: async () => current ?? hold(connectDaemon(options)),
    [Symbol.asyncDispose]: async () => {
      const client = await current?.catch(() => null);
      await client?.[Symbol.asyncDispose]();
    },
  };
}
