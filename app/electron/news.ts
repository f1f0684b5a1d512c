/** What of the log is worth a notification. */
import { plural } from "#shared/kernel/human.ts";
import { isKnown } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import type { Settings } from "#shared/settings/settings.ts";

export interface News {
  readonly session: string;
  readonly title: string;
  readonly body: string;
}

type Facts = Pick<SessionSummary, "id" | "title" | "state" | "changes" | "lastLine">;

/** What an event means for a person who is elsewhere, or null. `session` is as the event left it. */
export function newsOf(event: UnknownEvent, session: Facts): News | null {
  if (!isKnown(event)) return null;
  const told = (what: string, body: string): News => ({
    session: session.id,
    title: `${session.title}: ${what}`,
    body,
  });
  switch (event.type) {
    case "approval.requested":
      return told("asks to run a command", event.body.action);
    case "item.started": {
      const { content } = event.body;
      return content.kind === "question" && content.aside !== true
        ? told("has a question", content.question)
        : null;
    }
    case "turn.failed":
    case "worktree.failed":
      return told("failed", event.body.failure.message);
    case "turn.interrupted":
      // Who stopped it knows.
      return event.body.reason === "stopped" ? null : told("needs you", event.body.text);
    case "turn.completed":
      return session.state === "ready" ? told("ready", sizeWords(session)) : null;
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- most of a log is no news
    default:
      return null;
  }
}

function sizeWords({ changes, lastLine }: Facts): string {
  if (changes === null) return lastLine;
  const files = plural(changes.files, "file");
  return `${files}, +${changes.added} −${changes.removed}`;
}

/**
 * What to say of a batch of news, given how the sessions stand after it: the last of each session, and only while it
 * still holds. Nothing to somebody who is looking, and nothing to somebody who does not want it.
 */
export function worthSaying(
  batch: readonly News[],
  sessions: ReadonlyMap<string, Pick<SessionSummary, "state">>,
  how: { readonly settings: Pick<Settings, "notifications">; readonly looking: boolean },
): News[] {
  if (how.looking || !how.settings.notifications) return [];
  const last = new Map(batch.map((news) => [news.session, news]));
  return [...last.values()].filter(({ session }) => stillHolds(sessions.get(session)));
}

/** Whether a session is still as a notification says: it waits for a person, to answer or to look. */
export const stillHolds = (session: Pick<SessionSummary, "state"> | undefined): boolean =>
  session?.state === "needs_you" || session?.state === "ready";

/** How many sessions wait for a person. */
export const waiting = (sessions: Iterable<Pick<SessionSummary, "state">>): number =>
  [...sessions].filter(({ state }) => state === "needs_you").length;
