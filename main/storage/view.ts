import type Database from "better-sqlite3";
import type { z } from "zod";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { ViewTable } from "./migrations.ts";

/** How the events of one kind of stream add up to a summary each. */
export interface Projection<Summary> {
  readonly table: ViewTable;
  /** `session/`: the rest of the stream's name is the summary's id. */
  readonly prefix: string;
  readonly summary: z.ZodType<Summary>;
  readonly reduce: (summary: Summary | null, event: UnknownEvent) => Summary | null;
}

/**
 * The summaries of one kind of stream. `apply` collects what a transaction changes; `write` puts it into the tables
 * within that transaction; `settle` then says whether the transaction was committed.
 */
export interface View {
  readonly prefix: string;
  apply(event: UnknownEvent): void;
  /** Starts the stream's summary anew, from the events that are applied next. */
  reset(stream: string): void;
  write(): void;
  settle(committed: boolean): void;
  /** One summary as JSON, or null. */
  get(id: string): string | null;
  /** All summaries as JSON, in the order in which their streams began. */
  all(): string[];
}

/** How many summaries are kept parsed: those of the sessions that run, and some more. */
const KEPT = 256;

interface Entry<Summary> {
  readonly seq: number;
  readonly summary: Summary | null;
}

export function createView<Summary>(db: Database.Database, projection: Projection<Summary>): View {
  const { table, prefix } = projection;
  const select = db.prepare<[string], { seq: number; summary: string }>(
    `SELECT seq, summary FROM ${table} WHERE id = ?`,
  );
  const selectAll = db.prepare<[], string>(`SELECT summary FROM ${table} ORDER BY rowid`).pluck();
  const upsert = db.prepare<[string, number, string]>(
    `INSERT INTO ${table} (id, seq, summary) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, summary = excluded.summary`,
  );
  const remove = db.prepare<[string]>(`DELETE FROM ${table} WHERE id = ?`);
  const kept = new Map<string, Entry<Summary>>();
  const changed = new Map<string, Entry<Summary>>();

  const load = (id: string): Entry<Summary> => {
    const row = select.get(id);
    if (row === undefined) return { seq: 0, summary: null };
    return { seq: row.seq, summary: projection.summary.parse(JSON.parse(row.summary)) };
  };

  return {
    prefix,
    apply(event) {
      // An erased body says nothing any more.
      if (event.body === null) return;
      const id = event.stream.slice(prefix.length);
      const before = changed.get(id) ?? kept.get(id) ?? load(id);
      changed.set(id, { seq: event.seq, summary: projection.reduce(before.summary, event) });
    },
    reset(stream) {
      changed.set(stream.slice(prefix.length), { seq: 0, summary: null });
    },
    write() {
      for (const [id, { seq, summary }] of changed) {
        if (summary === null) remove.run(id);
        else upsert.run(id, seq, JSON.stringify(summary));
      }
    },
    settle(committed) {
      if (committed) {
        for (const [id, entry] of changed) {
          kept.delete(id);
          kept.set(id, entry);
        }
        for (const id of kept.keys()) {
          if (kept.size <= KEPT) break;
          kept.delete(id);
        }
      }
      changed.clear();
    },
    get: (id) => select.get(id)?.summary ?? null,
    all: () => selectAll.all(),
  };
}
