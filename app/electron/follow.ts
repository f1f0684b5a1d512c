/** The fleet as the log says it, for what shows it outside the page: badge, tray, notifications. */
import type { Client } from "#app/cli/connect.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { reduceSettings } from "#shared/settings/reducer.ts";
import type { Settings } from "#shared/settings/settings.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { newsOf } from "./news.ts";
import type { News } from "./news.ts";

export interface FleetFacts {
  readonly sessions: ReadonlyMap<string, SessionSummary>;
  readonly settings: Settings;
}

/** How long the host may wait with an answer when there is nothing new, in ms. */
const WAIT_MS = 25_000;

type FollowClient = {
  readonly fleet: Pick<Client["fleet"], "view">;
  readonly log: Pick<Client["log"], "read">;
};

/** Tells the fleet at first and after every change, with the news in it. Ends with `signal`, rejects when the host is gone. */
export async function followFleet(
  client: FollowClient,
  signal: AbortSignal,
  onChange: (facts: FleetFacts, news: readonly News[]) => void,
): Promise<void> {
  // Without the signal: a call that is aborted says so to the host, and that breaks where the connection is gone. It
  // ends with its connection.
  const view = await client.fleet.view();
  let facts: FleetFacts = {
    sessions: new Map(view.sessions.map((summary) => [summary.id, summary])),
    settings: view.settings,
  };
  onChange(facts, []);
  for (let { cursor } = view; !signal.aborted;) {
    const batch = await client.log.read({ after: cursor, slim: true, waitMs: WAIT_MS });
    if (signal.aborted) return;
    if (batch.cursor === cursor) continue;
    cursor = batch.cursor;
    const news: News[] = [];
    facts = batch.events.reduce((before, event) => withEvent(before, event, news), facts);
    onChange(facts, news);
  }
}

function withEvent(facts: FleetFacts, event: UnknownEvent, news: News[]): FleetFacts {
  const [kind, id = ""] = event.stream.split("/", 2);
  if (kind !== "session") return { ...facts, settings: reduceSettings(facts.settings, event) };
  const summary = reduceSession(facts.sessions.get(id) ?? null, event);
  if (summary === null) return facts;
  const told = newsOf(event, summary);
  if (told) news.push(told);
  return { ...facts, sessions: new Map(facts.sessions).set(id, summary) };
}
