/** Keeps a host at hand: adopts the one that runs, starts one where none does, and does it again when it ends. */
import type { Client, Connection } from "#app/cli/connect.ts";
import { readAddress } from "./address.ts";
import type { PageAddress } from "./address.ts";
import { followFleet } from "./follow.ts";
import type { FleetFacts } from "./follow.ts";
import type { News } from "./news.ts";

export interface SupervisorOptions {
  /** Connects to the host, which it starts where none runs. Rejects in words for the person. */
  readonly open: () => Promise<Connection>;
  /** The provider's key from the keychain, or null. May take until a person has unlocked it. */
  readonly key: () => Promise<string | null>;
  /** A host serves the page here: the same place as before, or another one. */
  readonly onPage: (address: PageAddress) => void;
  readonly onChange: (facts: FleetFacts, news: readonly News[]) => void;
  /** No host can be had. It is tried again; `attempt` counts from 1 since the last one that could be had. */
  readonly onFailure: (error: unknown, attempt: number) => void;
  /** Waits before the next attempt. */
  readonly pause: (attempt: number, signal: AbortSignal) => Promise<void>;
}

export interface Supervisor extends AsyncDisposable {
  /** The host's verbs, or null while there is no host. */
  client(): Client | null;
  /** Ends all that runs, the host too; none is started after it. Also where no host runs just now. Rejects as `open`. */
  stopAll(): Promise<void>;
}

export function superviseHost(options: SupervisorOptions): Supervisor {
  const ended = new AbortController();
  let current: Connection | null = null;
  let attempt = 0;

  const serve = async (connection: Connection): Promise<void> => {
    const { client, closed } = connection;
    const lost = new AbortController();
    const signal = AbortSignal.any([ended.signal, lost.signal]);
    try {
      // The window does not wait for a keychain that asks for its password.
      void sendKey(client, options.key()).catch(() => undefined);
      const { url } = await client.host.openWeb({});
      const address = readAddress(url);
      if (!address.ok) throw new Error(address.failure.message);
      attempt = 0;
      options.onPage(address.value);
      await Promise.race([closed, followFleet(client, signal, options.onChange), aborted(ended.signal)]);
    } finally {
      lost.abort();
    }
  };

  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      try {
        using connection = await options.open();
        if (ended.signal.aborted) return;
        current = connection;
        await serve(connection);
      } catch (error) {
        attempt += 1;
        if (!ended.signal.aborted) options.onFailure(error, attempt);
      } finally {
        current = null;
      }
      if (!ended.signal.aborted) await options.pause(attempt, ended.signal);
    }
  };

  const running = run();
  const leave = async (): Promise<void> => {
    ended.abort();
    // A host that is still starting goes on without a window; nobody who quits waits for it.
    if (current !== null) await running;
  };
  return {
    client: () => current?.client ?? null,
    stopAll: async () => {
      // First: a host that ends is not to be replaced.
      await leave();
      using connection = await options.open();
      await connection.client.host.stopAll({ quit: true });
    },
    [Symbol.asyncDispose]: leave,
  };
}

async function sendKey(client: Client, kept: Promise<string | null>): Promise<void> {
  const key = await kept;
  if (key !== null) await client.host.credentials({ apiKey: key });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
