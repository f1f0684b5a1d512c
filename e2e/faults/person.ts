/** Who gives sessions their turns, follows the log as a client does, and continues what was cut off. */
import { ORPCError } from "@orpc/client";
import { connectOrStart } from "#app/cli/connect.ts";
import type { Client, HostRuntime } from "#app/cli/connect.ts";
import { goesOn } from "#app/cli/follow.ts";
import type { Log } from "#main/storage/log.ts";
import { sessionStream } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { addressOf } from "../driver/web.ts";
import type { WebAddress } from "../driver/web.ts";
import { patiently } from "./patience.ts";
import { wordsOf } from "./script.ts";

export interface PersonPlace {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runtime: HostRuntime;
  /** Beside the host that writes it. */
  readonly log: Log;
}

export interface Part {
  readonly session: string;
  readonly number: number;
  /** A daemon died while it was open: what a command had not done by then, nobody can make up for. */
  daemonDied: boolean;
}

export interface Person extends AsyncDisposable {
  /** Every event, as the hosts gave it. */
  readonly events: readonly UnknownEvent[];
  readonly parts: readonly Part[];
  /** Asks the host, and starts one where none runs, until one has answered. */
  ask<Answer>(verb: (client: Client) => Promise<Answer>): Promise<Answer>;
  openWeb(): Promise<WebAddress>;
  /** To be called before a daemon is killed. */
  daemonDies(): Promise<void>;
  /** Whether any turn goes on by itself. */
  isAnyRunning(): Promise<boolean>;
  /** The next part for each session whose turn is over; continues those that wait for a person. */
  carryOn(): Promise<void>;
  /** Continues what is cut off until every turn has completed. */
  finish(): Promise<void>;
}

export async function createPerson(place: PersonPlace, sessions: readonly string[]): Promise<Person> {
  const { dataDir, runtime, log } = place;
  const env = { PATH: process.env["PATH"], ...place.env };
  const parts: Part[] = sessions.map((session) => ({ session, number: 1, daemonDied: false }));
  const events: UnknownEvent[] = [];
  const over = new AbortController();

  /** Null where the host was lost before it answered. */
  const tryToAsk = async <Answer>(
    verb: (client: Client, signal: AbortSignal) => Promise<Answer>,
  ): Promise<{ answer: Answer } | null> => {
    const lost = new AbortController();
    try {
      using connection = await connectOrStart(dataDir, env, runtime);
      void connection.closed.then(() => lost.abort());
      const gone = connection.closed.then(() => null);
      return await Promise.race([verb(connection.client, lost.signal).then((answer) => ({ answer })), gone]);
    } catch (error) {
      if (isAnswer(error)) throw error;
      return null;
    }
  };
  const ask: Person["ask"] = async (verb) =>
    (await patiently("an answer of the host", () => tryToAsk(verb))).answer;

  const follow = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await tryToAsk(async (client) => {
        while (!over.signal.aborted) {
          const after = events.at(-1)?.id ?? 0;
          const read = await client.log.read({ after, waitMs: 20_000 }, { signal: over.signal });
          events.push(...read.events);
        }
      }).catch((error: unknown) => {
        if (!over.signal.aborted) throw error;
      });
    }
  };
  const following = follow();
  // Whoever ends this hears of it.
  following.catch(() => undefined);

  const isSent = async ({ session, number }: Part): Promise<boolean> => {
    const stored = await log.readStream(sessionStream(session), 0, 10_000);
    return stored.some(({ body }) => JSON.stringify(body).includes(wordsOf(number)));
  };
  /** Looks before it says a thing again: the host may have died after it had heard it. */
  const send = async (part: Part): Promise<void> => {
    parts.push(part);
    await patiently(`part ${part.number} of ${part.session} to be taken`, async () => {
      await tryToAsk((client) =>
        client.sessions.send({ session: part.session, text: wordsOf(part.number), delivery: "steer" }),
      );
      return (await isSent(part)) ? true : null;
    });
  };
  const lastPart = (session: string): number =>
    Math.max(...parts.filter((part) => part.session === session).map(({ number }) => number));
  const open = async () => {
    const all = (await log.sessions()).filter(({ id }) => sessions.includes(id));
    return { all, waiting: all.filter(({ state }) => state === "needs_you") };
  };
  const continueAll = async (): Promise<void> => {
    for (const { id } of (await open()).waiting)
      await tryToAsk((client) => client.sessions.continue({ session: id }));
  };

  const isOver = (summary: SessionSummary): boolean =>
    summary.turn?.status === "completed" && !goesOn(summary);

  return {
    events,
    parts,
    ask,
    openWeb: async () => addressOf((await ask((client) => client.host.openWeb({}))).url),
    async daemonDies() {
      const { all } = await open();
      const undone = new Set(all.filter((summary) => !isOver(summary)).map(({ id }) => id));
      for (const part of parts)
        if (undone.has(part.session) && part.number === lastPart(part.session)) part.daemonDied = true;
    },
    isAnyRunning: async () => (await open()).all.some(goesOn),
    async carryOn() {
      await continueAll();
      const { all } = await open();
      for (const { id } of all.filter(isOver))
        await send({ session: id, number: lastPart(id) + 1, daemonDied: false });
    },
    async finish() {
      await patiently("the end of all turns", async () => {
        const { all } = await open();
        if (all.every(isOver)) return true;
        await continueAll();
        return null;
      });
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await following;
    },
  };
}

/** What the host itself said, as against a connection that was lost. */
const isAnswer = (error: unknown): boolean => error instanceof ORPCError;
