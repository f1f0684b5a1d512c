import { dataDir } from "#main/kernel/data-dir.ts";
import { openLog } from "#main/storage/log.ts";
import { FailureError, failureOf } from "#shared/kernel/failure.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { connect } from "./connect.ts";

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
  /** As it is now: without a host no turn is on. */
  const now = async (stored: readonly SessionSummary[]): Promise<readonly SessionSummary[]> => {
    if (!stored.some(isRunning)) return stored;
    return (await isHeld(root)) ? stored : stored.map(cutOff);
  };
  return {
    sessions: async () => now(await log.sessions()),
    session: async (id) => {
      const stored = (await log.session(id)) ?? pickSession(await log.sessions(), id);
      return (await now([stored]))[0] ?? stored;
    },
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

/** Also by a host that does not answer: nobody knows otherwise of its turns. */
async function isHeld(root: string): Promise<boolean> {
  try {
    using host = await connect(root);
    return host !== null;
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return true;
  }
}

const isRunning = ({ turn }: SessionSummary): boolean => turn?.status === "running";

/** The log says so only when the next host has settled it. */
function cutOff(summary: SessionSummary): SessionSummary {
  const { turn, updatedAt: at } = summary;
  if (turn?.status !== "running") return summary;
  const envelope = {
    id: 0,
    stream: sessionStream(summary.id),
    seq: 0,
    v: 1,
    at,
    actor: "oriel",
    cause: null,
  } as const;
  const text = "Oriel ended in the middle of this turn.";
  const body = { turn: turn.id, reason: "host_ended", text, until: at };
  return reduceSession(summary, { ...envelope, type: "turn.interrupted", body }) ?? summary;
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
