import type Database from "better-sqlite3";
import { FIRST_LINK, hashBody, hashEvent } from "./chain.ts";
import type { PreparedDraft } from "./drafts.ts";
import type { Views } from "./projections.ts";

/** The drafts of one `append`: stored together or not at all. */
export type AppendCall = readonly PreparedDraft[];

/** Where a call was stored: its events have the ids from `firstId` on, and these numbers within their streams. */
export interface Stored {
  readonly firstId: number;
  readonly seqs: readonly number[];
}

export type Attempt =
  | { readonly ok: true; readonly stored: Stored }
  | { readonly ok: false; readonly error: unknown };

interface Head {
  readonly id: number;
  readonly hash: string;
}

/** How many streams' last numbers are remembered between transactions. */
const KEPT_STREAMS = 4096;

/**
 * The one writer of events. Calls that came together are committed together, in their order; where that fails, each is
 * tried alone, so that the call that can't be stored (too large for the disk, not to be reduced) takes no other along.
 */
export function createAppender(
  db: Database.Database,
  views: Views,
): (calls: readonly AppendCall[]) => Attempt[] {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const rollback = db.prepare("ROLLBACK");
  const insert = db.prepare<
    [number, string, number, number, number, string, string | null, string, string, string, string]
  >(
    `INSERT INTO event (id, stream, seq, v, at, actor, cause, type, body, body_hash, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const lastSeq = db.prepare<[string], number>("SELECT max(seq) FROM event WHERE stream = ?").pluck();
  const last = db.prepare<[], Head>("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1");
  const seqs = new Map<string, number>();
  // Nobody else writes while this log is open, so the head needs to be read only once.
  let head: Head = last.get() ?? { id: 0, hash: FIRST_LINK };

  function write(call: AppendCall, from: Head, moved: Map<string, number>): { stored: Stored; head: Head } {
    const firstId = from.id + 1;
    const stored: number[] = [];
    let { id, hash } = from;
    for (const { body, ...draft } of call) {
      const seq = (moved.get(draft.stream) ?? seqs.get(draft.stream) ?? lastSeq.get(draft.stream) ?? 0) + 1;
      id += 1;
      const event = { id, seq, ...draft };
      const bodyHash = hashBody(body);
      hash = hashEvent(hash, event, bodyHash);
      views.of(draft.stream)?.apply({ ...event, body: JSON.parse(body) });
      insert.run(
        id,
        draft.stream,
        seq,
        draft.v,
        draft.at,
        draft.actor,
        draft.cause,
        draft.type,
        body,
        bodyHash,
        hash,
      );
      moved.set(draft.stream, seq);
      stored.push(seq);
    }
    return { stored: { firstId, seqs: stored }, head: { id, hash } };
  }

  /** Writes and commits in the transaction that was begun, or leaves nothing of it. */
  function store(calls: readonly AppendCall[]): Stored[] {
    const moved = new Map<string, number>();
    let next = head;
    try {
      const all = calls.map((call) => {
        const written = write(call, next, moved);
        next = written.head;
        return written.stored;
      });
      views.write();
      commit.run();
      views.settle(true);
      head = next;
      if (seqs.size > KEPT_STREAMS) seqs.clear();
      for (const [stream, seq] of moved) seqs.set(stream, seq);
      return all;
    } catch (error) {
      // A full disk has rolled the transaction back already.
      if (db.inTransaction) rollback.run();
      views.settle(false);
      throw error;
    }
  }

  function attempt(calls: readonly AppendCall[]): Attempt[] {
    try {
      begin.run();
    } catch (error) {
      // Somebody holds the file, for all calls alike: each would wait as long again.
      return calls.map(() => ({ ok: false, error }));
    }
    try {
      return store(calls).map((stored) => ({ ok: true, stored }));
    } catch (error) {
      if (calls.length > 1) return calls.flatMap((call) => attempt([call]));
      return [{ ok: false, error }];
    }
  }

  return attempt;
}
