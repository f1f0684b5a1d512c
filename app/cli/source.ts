import { FailureError } from "#shared/kernel/failure.ts";
import type { BranchDiff } from "#shared/git/diff.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/reducer.ts";

/** Where reading verbs read: the host where one runs, else the log, opened read-only. Either way the same facts. */
export interface Source extends AsyncDisposable {
  sessions(): Promise<readonly SessionSummary[]>;
  session(id: string): Promise<SessionSummary>;
  /** All events of a session from its own number `afterSeq` on, in order. */
  events(id: string, afterSeq: number): AsyncIterable<UnknownEvent>;
  diff(id: string): Promise<BranchDiff>;
}

/** The session that `id` names, or begins to name; fails where it is none or several. */
export function pickSession(sessions: readonly SessionSummary[], id: string): SessionSummary {
  const exact = sessions.find((summary) => summary.id === id);
  if (exact) return exact;
  const bare = id.startsWith("ses_") ? id : `ses_${id}`;
  const matches = sessions.filter((summary) => summary.id.startsWith(bare));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  throw new FailureError({
    code: matches.length > 1 ? "session_ambiguous" : "session_unknown",
    message: matches.length > 1 ? `${matches.length} sessions begin with ${id}.` : `There is no session ${id}.`,
    hint: "`oriel sessions` lists them.",
  });
}
