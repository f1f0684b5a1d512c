import { dataDir } from "#main/kernel/data-dir.ts";
import { openLog } from "#main/storage/log.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** What the log says, read-only: beside the host that writes it, or where none runs. Settles and changes nothing. */
export interface Source extends AsyncDisposable {
  sessions(): Promise<readonly SessionSummary[]>;
  /** The session that `id` names, or begins to name; fails where it is none or several. */
  session(id: string): Promise<SessionSummary>;
  /** All events of a session, numbered above `afterSeq`, in order. */
  events(id: string, afterSeq: number): AsyncIterable<UnknownEvent>;
}

const PAGE = 1000;

export async function openSource(root: string): Promise<Source> {
  const log = await openLog({ dir: dataDir(root).state, readOnly: true });
  return {
    sessions: () => log.sessions(),
    session: async (id) => (await log.session(id)) ?? pickSession(await log.sessions(), id),
    async *events(id, afterSeq) {
      for (let after = afterSeq; ;) {
        const page = await log.readStream(sessionStream(id), after, PAGE);
        yield* page;
        const last = page.at(-1);
        if (!last || page.length < PAGE) return;
        after = last.seq;
      }
    },
    [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
  };
}

function pickSession(sessions: readonly SessionSummary[], id: string): SessionSummary {
  const bare = id.startsWith("ses_") ? id : `ses_${id}`;
  const matches = sessions.filter((summary) => summary.id.startsWith(bare));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  throw new FailureError({
    code: only ? "session_ambiguous" : "session_unknown",
    message: only ? `${matches.length} sessions begin with ${id}.` : `There is no session ${id}.`,
    hint: "`oriel sessions` lists them.",
  });
}
