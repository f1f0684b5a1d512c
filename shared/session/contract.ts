/**
 * What a client can ask of the host: the whole list. Each verb has its input, its output, and one kind of expected
 * error: a `Failure` with a code that names the cause.
 */
import { oc } from "@orpc/contract";
import { z } from "zod";
import { patch, sessionDiff } from "../git/diff.ts";
import { envelope, storedFailure } from "./events.ts";
import { approvalPolicy, sandboxMode } from "./items.ts";
import { projectSummary, sessionSummary } from "./reducer.ts";

/** At most this many characters of one message: ten times the largest task that people were seen to paste. */
export const MAX_MESSAGE = 1_000_000;

const verb = oc.errors({ FAILURE: { data: storedFailure } });
const session = z.object({ session: z.string() });
const nothing = z.object({});
const text = z.string().trim().min(1).max(MAX_MESSAGE);

export const storedEvent = envelope.extend({ type: z.string(), body: z.unknown() });

export const newSession = z.object({
  task: text,
  title: z.string().trim().max(120).optional(),
  agent: z.string().default("oriel"),
  /** `offline` for the demo's recipes; else a name that the model provider knows. */
  model: z.string().optional(),
  approval: approvalPolicy.default("on-request"),
  sandbox: sandboxMode.default("workspace-write"),
});
export type NewSession = z.infer<typeof newSession>;

export const mergeHow = z.enum(["squash", "merge"]);

export const contract = {
  host: {
    info: verb.output(
      z.object({
        version: z.string(),
        pid: z.number(),
        dataDir: z.string(),
        /** Which sandbox commands run in, or why there is none. */
        sandbox: z.object({ kind: z.string(), reason: z.string().optional(), hint: z.string().optional() }),
      }),
    ),
    /** Where the model is, from the client's environment. Kept in memory only, never stored. */
    credentials: verb
      .input(z.object({ apiKey: z.string().optional(), baseUrl: z.string().optional() }))
      .output(nothing),
  },
  projects: {
    list: verb.output(z.array(projectSummary)),
    add: verb.input(z.object({ path: z.string().min(1) })).output(projectSummary),
  },
  sessions: {
    list: verb.output(z.array(sessionSummary)),
    /** `session` may be the beginning of an id, where it names one session only. */
    get: verb.input(session).output(sessionSummary),
    create: verb
      .input(z.object({ project: z.string().min(1), sessions: z.array(newSession).min(1).max(64) }))
      /** `cursor`: the log's last id before them, from which a client can follow them without a gap. */
      .output(z.object({ cursor: z.number().int(), sessions: z.array(sessionSummary) })),
    send: verb
      .input(session.extend({ text, delivery: z.enum(["steer", "queue"]).default("steer") }))
      .output(sessionSummary),
    stop: verb.input(session).output(sessionSummary),
    continue: verb.input(session).output(sessionSummary),
    resolveApproval: verb
      .input(
        session.extend({
          /** Empty for the oldest that waits. */
          approval: z.string().optional(),
          decision: z.enum(["approved", "denied"]),
          note: z.string().max(10_000).optional(),
        }),
      )
      .output(sessionSummary),
    answer: verb.input(session.extend({ item: z.string().optional(), answer: text })).output(sessionSummary),
    rename: verb.input(session.extend({ title: z.string().trim().min(1).max(120) })).output(sessionSummary),
    diff: verb.input(session.extend({ patch: z.boolean().default(false) })).output(z.object({ diff: sessionDiff, patch: patch.nullable() })),
    merge: verb
      .input(session.extend({ how: mergeHow.default("squash"), into: z.string().optional() }))
      .output(sessionSummary),
    archive: verb.input(session).output(sessionSummary),
    restore: verb.input(session).output(sessionSummary),
  },
  log: {
    /**
     * The events after a cursor, oldest first. With nothing to give it waits up to `waitMs` for the next one, so that a
     * client pulls at its own pace and no outbox grows for one that is slow.
     */
    read: verb
      .input(
        z.object({
          after: z.number().int().min(0),
          sessions: z.array(z.string()).optional(),
          limit: z.number().int().min(1).max(1000).default(500),
          waitMs: z.number().int().min(0).max(30_000).default(0),
        }),
      )
      .output(z.object({ events: z.array(storedEvent), cursor: z.number().int() })),
  },
};
