import { z } from "zod";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Event, EventDraft, UnknownEvent } from "#shared/session/events.ts";
import { projectSummary, sessionSummary } from "#shared/session/summary.ts";
import type { ProjectSummary, SessionSummary } from "#shared/session/summary.ts";
import { clearUnfinishedBlobs, createBlobStore } from "./blobs.ts";
import type { BlobStore } from "./blobs.ts";
import { prepareDraft } from "./drafts.ts";
import { eventOf, eventRow } from "./event-row.ts";
import { failures } from "./failures.ts";
import type { Request } from "./protocol.ts";
import type { ReadQuery } from "./reader.ts";
import { createListeners } from "./listeners.ts";
import { CHAIN_START, chainStep } from "./verify.ts";
import type { Verdict } from "./verify.ts";
import { startWorker } from "./worker-link.ts";

export type { ByteRange } from "./blobs.ts";
export { acquireDataDirLock } from "./data-dir-lock.ts";
export type { LogFailureCode } from "./failures.ts";
export type { ReadQuery } from "./reader.ts";
export { verifyLogFile } from "./verify.ts";
export type { Verdict } from "./verify.ts";

export interface LogOptions {
  /** The data directory's `state/` folder; it is made where it is missing. */
  readonly dir: string;
  /** Takes the secrets out of a body, before it leaves the caller's thread. Returns a body of the same shape. */
  readonly redact?: (value: unknown) => unknown;
  /** Beside a live writer or without one; changes nothing, and a log that is not there yet is empty. */
  readonly readOnly?: boolean;
}

/**
 * The log: the only truth. Every promise may reject with a FailureError (`log_damaged`, `log_locked`, `disk_full`,
 * `not_writable`, `log_closed`, `log_stopped`; writes of a read-only log with `log_read_only`); the log stays usable
 * after all but the last two.
 */
export interface Log extends AsyncDisposable {
  /**
   * Stores all drafts or none; resolves with them as stored (redacted) once they are on disk. Calls keep their order.
   * Throws on a draft that is not what its type says.
   */
  append(drafts: readonly EventDraft[]): Promise<readonly Event[]>;
  /** Up to `limit` events with an id above `after`, oldest first; fewer where they are big. An erased body is null. */
  read(query: ReadQuery): Promise<readonly UnknownEvent[]>;
  /** Up to `limit` events of one stream, numbered above `afterSeq`, oldest first. */
  readStream(stream: string, afterSeq: number, limit: number): Promise<readonly UnknownEvent[]>;
  /** All sessions, in the order in which they were created. */
  sessions(): Promise<readonly SessionSummary[]>;
  session(id: string): Promise<SessionSummary | null>;
  projects(): Promise<readonly ProjectSummary[]>;
  /** The id of the latest event; 0 in an empty log. */
  lastId(): Promise<number>;
  /** Calls `listener` with what this log appends, in commit order, after the commit. Returns how to end it. */
  subscribe(listener: (events: readonly UnknownEvent[]) => void): () => void;
  /** Stores bytes under their SHA-256; resolves when they are on disk and may be referred to. They are not redacted. */
  putBlob(bytes: Uint8Array): Promise<{ hash: string; size: number }>;
  /** Bytes that were stored, or null; rejects with `blob_damaged` where they are not those that were. */
  readBlob: BlobStore["read"];
  /** Removes an event's body for good; its hash stays and the chain holds. Rejects with `event_not_found`. */
  erase(eventId: number): Promise<void>;
  /** Checks every body and the chain. Appends go on meanwhile. */
  verify(): Promise<Verdict>;
}

const rows = z.array(eventRow);
const texts = z.array(z.string());
const id = z.number().int().nonnegative();
const limit = z.number().int().positive();

/**
 * Opens the log, and makes it where there is none. Rejects with a FailureError (`log_damaged`, `log_newer`,
 * `log_locked`, `disk_full`, `not_writable`) that says what to do; nothing is overwritten then.
 */
export async function openLog({
  dir,
  redact = (value) => value,
  readOnly = false,
}: LogOptions): Promise<Log> {
  const listeners = createListeners<readonly UnknownEvent[]>();
  const link = await startWorker({ dir, readOnly }, (appended) => listeners.call(appended));
  const blobs = createBlobStore(dir);
  if (!readOnly) await clearUnfinishedBlobs(dir);

  const events = async (request: Request): Promise<readonly UnknownEvent[]> => {
    const found = rows.parse(await link.request(request));
    try {
      return found.map(eventOf);
    } catch (error) {
      // Only JSON can fail here, and what was stored was JSON.
      throw new FailureError(failures.damaged(dir, String(error)), { cause: error });
    }
  };
  const summaries = async <Summary>(op: "sessions" | "projects", schema: z.ZodType<Summary>) =>
    texts.parse(await link.request({ op })).map((text) => schema.parse(JSON.parse(text)));

  return {
    async append(drafts) {
      const call = drafts.map((draft) => prepareDraft(draft, redact));
      return call.length === 0 ? [] : link.append(call);
    },
    async read(query) {
      return events({
        op: "read",
        query: { ...query, after: id.parse(query.after), limit: limit.parse(query.limit) },
      });
    },
    async readStream(stream, afterSeq, count) {
      return events({
        op: "readStream",
        query: { stream, afterSeq: id.parse(afterSeq), limit: limit.parse(count) },
      });
    },
    sessions: () => summaries("sessions", sessionSummary),
    projects: () => summaries("projects", projectSummary),
    async session(session) {
      const text = z
        .string()
        .nullable()
        .parse(await link.request({ op: "session", id: session }));
      return text === null ? null : sessionSummary.parse(JSON.parse(text));
    },
    lastId: async () => id.parse(await link.request({ op: "lastId" })),
    subscribe: (listener) => listeners.add(listener),
    async putBlob(bytes) {
      if (readOnly) throw new FailureError(failures.readOnly());
      return blobs.put(bytes);
    },
    readBlob: (hash, range) => blobs.read(hash, range),
    async erase(eventId) {
      await link.request({ op: "erase", id: id.parse(eventId) });
    },
    async verify() {
      const end = id.parse(await link.request({ op: "lastId" }));
      let cursor = CHAIN_START;
      while (cursor.id < end) {
        const step = chainStep.parse(await link.request({ op: "verify", cursor }));
        if (!step.ok) return step;
        if (step.events === 0)
          return { ok: false, at: cursor.id + 1, reason: "the log ends before its last event" };
        cursor = step.cursor;
      }
      return { ok: true, events: cursor.id };
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}
