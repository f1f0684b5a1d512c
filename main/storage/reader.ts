import type Database from "better-sqlite3";
import { EVENT_COLUMNS } from "./event-row.ts";
import type { EventRow } from "./event-row.ts";

/** A page ends with the event that makes it this big, in characters: it goes to a client in one message. */
const PAGE_SIZE = 8 * 1024 * 1024;

/**
 * Events after a cursor, oldest first: up to `limit`, fewer where they are big, none only where there is none. `after` is
 * an event's id, `stream` narrows to one stream.
 */
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

function page(rows: Iterable<EventRow>): EventRow[] {
  const taken: EventRow[] = [];
  let size = 0;
  for (const row of rows) {
    taken.push(row);
    size += row.body?.length ?? 0;
    if (size >= PAGE_SIZE) break;
  }
  return taken;
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
      if (stream !== undefined) return ofStream.all(stream, seqUpTo(stream, id), limit);
      return page(after.iterate(id, limit));
    },
    readStream: ({ stream, afterSeq, limit }) => ofStream.all(stream, afterSeq, limit),
    lastId: () => last.get() ?? 0,
  };
}
