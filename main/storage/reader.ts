import type Database from "better-sqlite3";
import { EVENT_COLUMNS } from "./event-row.ts";
import type { EventRow } from "./event-row.ts";

/** Events after a cursor, oldest first. `after` is an event's id, `stream` narrows to one stream. */
export interface ReadQuery {
  readonly after: number;
  readonly stream?: string;
  readonly limit: number;
}

export interface StreamQuery {
  readonly stream: string;
  /** Number within the stream: the first event that is returned has the next one. */
  readonly afterSeq: number;
  readonly limit: number;
}

export interface Reader {
  read(query: ReadQuery): EventRow[];
  readStream(query: StreamQuery): EventRow[];
  lastId(): number;
}

export function createReader(db: Database.Database): Reader {
  const after = db.prepare<[number, number], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const ofStream = db.prepare<[string, number, number], EventRow>(
    `SELECT ${EVENT_COLUMNS} FROM event WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?`,
  );
  const last = db.prepare<[], number>("SELECT max(id) FROM event").pluck();
  const lastSeq = db.prepare<[string], number>("SELECT max(seq) FROM event WHERE stream = ?").pluck();
  const idAt = db
    .prepare<[string, number], number>("SELECT id FROM event WHERE stream = ? AND seq = ?")
    .pluck();

  /**
   * The number, within `stream`, of its last event up to `id`. Ids and numbers rise together and the numbers have no
   * gaps, so that a binary search on the index that is there saves a second one (stream, id) on every append.
   */
  function seqUpTo(stream: string, id: number): number {
    let low = 0;
    let high = lastSeq.get(stream) ?? 0;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((idAt.get(stream, middle) ?? Infinity) <= id) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    read({ after: id, stream, limit }) {
      return stream === undefined ? after.all(id, limit) : ofStream.all(stream, seqUpTo(stream, id), limit);
    },
    readStream: ({ stream, afterSeq, limit }) => ofStream.all(stream, afterSeq, limit),
    lastId: () => last.get() ?? 0,
  };
}
