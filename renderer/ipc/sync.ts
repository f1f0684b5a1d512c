/** Keeps the store at what the log says: a first view, then events by the cursor, then live text of what is looked at. */
import type { FleetStore } from "../state/fleet.ts";
import { withEvents, withLive, withTranscriptPage, withView } from "../state/fleet.ts";
import type { Address } from "./address.ts";
import { connect } from "./connection.ts";
import type { Client, Connection } from "./connection.ts";
import { isUpdated } from "./updated.ts";

export interface Sync {
  /** The client of the present connection; rejects calls while there is none. */
  readonly client: () => Client | null;
  /** Which sessions are on screen: their transcripts are read, and their live text is asked for. */
  watch(sessions: readonly string[]): void;
  stop(): void;
}

const PAGE = 1000;
const WAIT_MS = 25_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

export function startSync(address: Address, fleet: FleetStore): Sync {
  const ended = new AbortController();
  let connection: Connection | null = null;
  let watched: readonly string[] = [];
  let rewatch = (): void => undefined;

  /** Resolves once the store's `connection` is what it is for another reason than now: the loop of a lifetime. */
  const run = async (): Promise<void> => {
    let retryMs = FIRST_RETRY_MS;
    while (!ended.signal.aborted) {
      const answer = await connect(address);
      if (typeof answer === "object") {
        connection = answer;
        retryMs = FIRST_RETRY_MS;
        await follow(answer).catch(() => undefined);
        answer.close();
        connection = null;
      }
      if (ended.signal.aborted) return;
      fleet.setState({ connection: answer === "refused" ? "refused" : "lost" });
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  };

  const follow = async ({ client, closed }: Connection): Promise<void> => {
    const isAgain = fleet.getState().loaded;
    const view = await client.fleet.view();
    fleet.setState((state) => withView(state, view));
    if (isAgain) void isUpdated().then((updated) => updated && fleet.setState({ updated }));
    const lost = new AbortController();
    void closed.then(() => lost.abort());
    ended.signal.addEventListener("abort", () => lost.abort(), { once: true });
    await Promise.race([closed, events(client, lost.signal), live(client, lost.signal)]);
    lost.abort();
  };

  const events = async (client: Client, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await readTranscripts(client, signal);
      const { cursor } = fleet.getState();
      const batch = await client.log.read({ after: cursor, waitMs: WAIT_MS, slim: true }, { signal });
      if (batch.cursor !== cursor) fleet.setState((state) => withEvents(state, batch.events, batch.cursor));
    }
  };

  /** Reads on the transcripts that are on screen and not complete. */
  const readTranscripts = async (client: Client, signal: AbortSignal): Promise<void> => {
    const { transcripts, behind } = fleet.getState();
    const wanted = watched.filter((id) => !transcripts[id] || behind.includes(id));
    await Promise.all(wanted.map((id) => readTranscript(client, id, signal)));
  };

  const readTranscript = async (client: Client, session: string, signal: AbortSignal): Promise<void> => {
    for (;;) {
      const afterSeq = fleet.getState().transcripts[session]?.seq ?? 0;
      const { events: page } = await client.log.session({ session, afterSeq, limit: PAGE }, { signal });
      const last = page.length < PAGE;
      fleet.setState((state) => withTranscriptPage(state, session, { events: page, last }));
      if (last) return;
    }
  };

  const live = async (client: Client, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const changed = new Promise<void>((resolve) => (rewatch = resolve));
      const { live: shown } = fleet.getState();
      const have = Object.fromEntries(Object.entries(shown).map(([item, text]) => [item, text.end]));
      const asked = new AbortController();
      const stop = AbortSignal.any([signal, asked.signal]);
      const answer = await Promise.race([
        client.log.live({ sessions: [...watched], have, waitMs: WAIT_MS }, { signal: stop }),
        changed.then(() => null),
      ]);
      asked.abort();
      if (answer) fleet.setState((state) => withLive(state, answer.pieces));
      await nextFrame();
    }
  };

  void run();
  return {
    client: () => connection?.client ?? null,
    watch: (sessions) => {
      watched = sessions;
      rewatch();
      if (connection) void readTranscripts(connection.client, ended.signal).catch(() => undefined);
    },
    stop: () => {
      ended.abort();
      connection?.close();
    },
  };
}

/** A hidden page has no frames: then the clock of timers, which the browser slows down by itself. */
const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.hidden) setTimeout(resolve, 250);
    else requestAnimationFrame(() => resolve());
  });
