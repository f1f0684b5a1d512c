import type { Delta } from "#main/agent/agent.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { isKnown } from "#shared/session/events.ts";
import type { LivePiece } from "#shared/session/contract.ts";
import { createCleanText } from "./clean-text.ts";
import type { CleanText } from "./clean-text.ts";

/** So much of an item's live text is kept, from its end, in UTF-16 units. */
const TAIL = 64 * 1024;
/** One client is answered at most this often: 60 times a second is what a screen can show. */
const ANSWER_MS = 16;

export interface LiveQuery {
  readonly sessions: readonly string[];
  /** The length that the client has of each item. */
  readonly have: Readonly<Record<string, number>>;
  readonly waitMs: number;
}

/**
 * What open items show that no event has yet: in memory alone, bounded, gone with the item's end. Whoever wants it asks,
 * so that a slow client costs nothing.
 */
export interface Live {
  add(session: string, delta: Delta): void;
  /** Follows the log: an item's text is kept from its beginning to its end. */
  apply(events: readonly UnknownEvent[]): void;
  /** What is beyond what the client has; waits up to `waitMs` where that is nothing. */
  read(query: LiveQuery, signal?: AbortSignal): Promise<LivePiece[]>;
}

interface LiveItem {
  readonly kind: Delta["kind"];
  readonly clean: CleanText;
  /** What was dropped before `text`, in UTF-16 units. */
  dropped: number;
  text: string;
}

/** An item is there from its `item.started` on; null until its first text. */
type LiveSession = Map<string, LiveItem | null>;

export interface LiveOptions {
  redact(text: string): string;
  secrets(): readonly string[];
}

export function createLive({ redact, secrets }: LiveOptions): Live {
  const sessions = new Map<string, LiveSession>();
  const waiting = new Set<{ readonly sessions: ReadonlySet<string>; wake(): void }>();

  const begin = (session: string, item: string): void => {
    const items = sessions.get(session);
    if (items) items.set(item, null);
    else sessions.set(session, new Map([[item, null]]));
  };

  const newer = ({ sessions: wanted, have }: LiveQuery): LivePiece[] =>
    [...new Set(wanted)].flatMap((session) =>
      [...(sessions.get(session) ?? [])].flatMap(([item, live]) => {
        if (live === null) return [];
        const offset = Math.max(have[item] ?? 0, live.dropped);
        const text = live.text.slice(offset - live.dropped);
        return text === "" ? [] : [{ session, item, kind: live.kind, offset, text }];
      }),
    );

  return {
    add: (session, { item, kind, text }) => {
      const items = sessions.get(session);
      // Not begun, or ended already: its text is in the log.
      if (!items?.has(item)) return;
      const live = items.get(item) ?? {
        kind,
        clean: createCleanText({ redact, secrets: secrets() }),
        dropped: 0,
        text: "",
      };
      items.set(item, live);
      const certain = live.clean.add(text);
      if (certain === "") return;
      live.text += certain;
      const excess = live.text.length - TAIL;
      if (excess > 0) {
        live.text = live.text.slice(excess);
        live.dropped += excess;
      }
      for (const reader of waiting) if (reader.sessions.has(session)) reader.wake();
    },
    apply: (events) => {
      for (const event of events) {
        if (!isKnown(event)) continue;
        const session = event.stream.slice("session/".length);
        if (event.type === "item.started") begin(session, event.body.item);
        if (event.type === "item.completed") sessions.get(session)?.delete(event.body.item);
        if (TURN_ENDS.has(event.type)) sessions.delete(session);
      }
    },
    read: async (query, signal) => {
      const soonest = pause(ANSWER_MS, signal);
      if (newer(query).length === 0) {
        const next = pause(query.waitMs, signal);
        const reader = { sessions: new Set(query.sessions), wake: next.end };
        waiting.add(reader);
        await next.ended.finally(() => waiting.delete(reader));
      }
      await soonest.ended;
      return newer(query);
    },
  };
}

const TURN_ENDS: ReadonlySet<string> = new Set(["turn.completed", "turn.interrupted", "turn.failed"]);

/** Ends after so many milliseconds, when `signal` aborts, or by `end`; nothing of it is left then. */
function pause(ms: number, signal?: AbortSignal): { readonly ended: Promise<void>; end(): void } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
    resolve();
  };
  const timer = setTimeout(end, ms);
  if (signal?.aborted) end();
  signal?.addEventListener("abort", end, { once: true });
  return { ended, end };
}
