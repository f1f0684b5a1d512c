import { ORPCError } from "@orpc/client";
import type { UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionState, SessionSummary } from "#shared/session/summary.ts";
import type { Connection } from "./connect.ts";

/** A session in one of these goes on by itself; in all others it waits for a person, or has nothing to do. */
const GOES_ON: readonly SessionState[] = ["queued", "preparing", "running"];

export const goesOn = (summary: SessionSummary): boolean => GOES_ON.includes(summary.state);

export interface FollowOptions {
  readonly sessions: readonly string[];
  /** A cursor of the log before their beginning. */
  readonly after: number;
  /** Gets a new connection when one is lost, and starts a host for it where none runs. */
  reconnect(): Promise<Connection>;
  onEvent(event: UnknownEvent): void;
  onChange(sessions: readonly SessionSummary[]): void;
  readonly signal: AbortSignal;
}

/**
 * Follows sessions by the log alone until none of them goes on by itself. A host that dies is replaced, and the log is
 * read on from the last event seen: none is missed, and none is given twice.
 */
export async function follow(
  connection: Connection,
  options: FollowOptions,
): Promise<readonly SessionSummary[]> {
  const known = new Map<string, SessionSummary>();
  let { after } = options;
  let current = connection;
  for (;;) {
    const list = [...known.values()];
    const settled = list.length === options.sessions.length && !list.some(goesOn);
    if (settled || options.signal.aborted) return list;
    const batch = await readOn(current, after, options);
    if (batch === "lost") {
      current = await options.reconnect();
      continue;
    }
    for (const event of batch.events) {
      const summary = reduceSession(known.get(event.stream) ?? null, event);
      if (summary) known.set(event.stream, summary);
      options.onEvent(event);
    }
    after = batch.cursor;
    if (batch.events.length > 0) options.onChange([...known.values()]);
  }
}

async function readOn(
  connection: Connection,
  after: number,
  { sessions, signal }: FollowOptions,
): Promise<{ events: readonly UnknownEvent[]; cursor: number } | "lost"> {
  const read = connection.client.log.read({ after, sessions: [...sessions], waitMs: 20_000 }, { signal });
  try {
    const answer = await Promise.race([read, connection.closed.then(() => "lost" as const)]);
    return answer === "lost" ? answer : { events: answer.events, cursor: answer.cursor };
  } catch (error) {
    if (signal.aborted) return { events: [], cursor: after };
    // What the host itself says is not a lost connection: it would say so again.
    if (error instanceof ORPCError) throw error;
    return "lost";
  }
}
