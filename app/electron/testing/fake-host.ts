/** A host as the shell sees it: a connection whose log a test writes. */
import { createORPCClient } from "@orpc/client";
import { z } from "zod";
import type { Connection } from "#app/cli/connect.ts";
import type { EventBody, EventType, UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { DEFAULT_SETTINGS } from "#shared/settings/settings.ts";
import type { Settings } from "#shared/settings/settings.ts";

export interface FakeHost {
  readonly calls: { readonly verb: string; readonly input: unknown }[];
  /** Writes to the log. Resolves once the shell has asked for what comes after it, so has shown it. */
  emit<Type extends EventType>(stream: string, type: Type, body: EventBody<Type>): Promise<void>;
  connection(): Connection;
  /** Ends all connections, as a host does that is killed. */
  die(): void;
}

export interface FakeHostOptions {
  readonly url?: string;
  readonly settings?: Partial<Settings>;
}

export function fakeHost({
  url = "http://127.0.0.1:4600/#token=secret",
  settings = {},
}: FakeHostOptions = {}): FakeHost {
  const log: UnknownEvent[] = [];
  const calls: FakeHost["calls"] = [];
  const connections = new Set<PromiseWithResolvers<void>>();
  let wake = Promise.withResolvers<void>();
  const asked = new Map<number, PromiseWithResolvers<void>>();
  const askedFor = (cursor: number): PromiseWithResolvers<void> => {
    const known = asked.get(cursor) ?? Promise.withResolvers<void>();
    asked.set(cursor, known);
    return known;
  };

  const answers: Record<string, (input: unknown, signal: AbortSignal | undefined) => unknown> = {
    "host.openWeb": () => ({ url, ticketUrl: url, notice: null }),
    "host.credentials": () => ({}),
    "settings.set": () => DEFAULT_SETTINGS,
    "host.stopAll": () => ({ turns: 1, shells: 0, commands: 0, stayed: [] }),
    "fleet.view": () => ({
      cursor: log.length,
      projects: [],
      sessions: fold(log),
      settings: { ...DEFAULT_SETTINGS, ...settings },
      cutOff: [],
    }),
    "log.read": async (input, signal) => {
      const { after } = z.object({ after: z.number() }).parse(input);
      askedFor(after).resolve();
      const stopped = Promise.withResolvers<never>();
      signal?.addEventListener("abort", () => stopped.reject(new Error("aborted")), { once: true });
      while (log.length === after) await Promise.race([wake.promise, stopped.promise]);
      return { events: log.slice(after), cursor: log.length };
    },
  };

  return {
    calls,
    emit: async (stream, type, body) => {
      const id = log.length + 1;
      log.push({ id, stream, seq: id, v: 1, at: id, actor: "oriel", cause: null, type, body });
      wake.resolve();
      wake = Promise.withResolvers();
      await askedFor(id).promise;
    },
    connection: () => {
      const closed = Promise.withResolvers<void>();
      connections.add(closed);
      return {
        client: createORPCClient({
          call: async (path, input, { signal }) => {
            const verb = path.join(".");
            calls.push({ verb, input });
            const answer = answers[verb];
            if (!answer) throw new Error(`the fake host has no ${verb}`);
            return answer(input, signal);
          },
        }),
        closed: closed.promise,
        [Symbol.dispose]: () => void connections.delete(closed),
      };
    },
    die: () => {
      for (const closed of connections) closed.resolve();
    },
  };
}

function fold(log: readonly UnknownEvent[]): SessionSummary[] {
  const sessions = new Map<string, SessionSummary>();
  for (const event of log) {
    const summary = reduceSession(sessions.get(event.stream) ?? null, event);
    if (summary) sessions.set(event.stream, summary);
  }
  return [...sessions.values()];
}

export const CREATED: EventBody<"session.created"> = {
  title: "Fix lint",
  task: "Fix lint",
  slug: "fix-lint",
  agent: "oriel",
  provider: "offline",
  model: "offline",
  approval: "on-request",
  sandbox: "workspace-write",
  parent: null,
  origin: "person",
  roots: [{ project: "/w/acme", base: "main", commit: "c0ffee", branch: "oriel/fix-lint" }],
};
