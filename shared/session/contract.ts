/**
 * What a client can ask of the host: the whole list. Each verb has its input, its output, and one kind of expected
 * error: a `Failure` with a code that names the cause.
 */
import { oc } from "@orpc/contract";
import { z } from "zod";
import { patch, sessionDiff } from "../git/diff.ts";
import { envelope, storedFailure } from "./events.ts";
import { settings } from "../settings/settings.ts";
import { gridCount } from "../terminal/protocol.ts";
import { approvalPolicy, sandboxMode } from "./items.ts";
import { projectSummary, sessionSummary } from "./summary.ts";

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

/** One terminal of a session: a shell in its worktree that the daemon owns. */
export const terminalSummary = z.object({
  id: z.string(),
  session: z.string(),
  /** What the shell calls itself, or the program in it. */
  title: z.string(),
  cols: z.number().int(),
  rows: z.number().int(),
  /** Null while it runs. */
  exitCode: z.number().int().nullable(),
});
export type TerminalSummary = z.infer<typeof terminalSummary>;

/** What is being written right now, and is in no event yet: text from `offset` on (in UTF-16 units) of an open item. */
export const livePiece = z.object({
  session: z.string(),
  item: z.string(),
  kind: z.enum(["message", "reasoning", "output"]),
  offset: z.number().int(),
  text: z.string(),
});
export type LivePiece = z.infer<typeof livePiece>;

/** How much runs: turns (also those that wait for a place), shells in terminals, and agents' commands. */
export const runningCounts = z.object({
  turns: z.number().int(),
  shells: z.number().int(),
  commands: z.number().int(),
});
export type RunningCounts = z.infer<typeof runningCounts>;

export const contract = {
  host: {
    info: verb.output(
      z.object({
        version: z.string(),
        pid: z.number(),
        /** Milliseconds since the epoch. The first hosts do not say it. */
        startedAt: z.number().optional(),
        dataDir: z.string(),
        /** How many connections the web face has: none, and nobody looks. */
        pages: z.number().int(),
        /** Which sandbox commands run in, with a sentence for each thing that it does not enforce here; or why there is none. */
        sandbox: z.object({
          kind: z.string(),
          limits: z.array(z.string()).readonly().optional(),
          reason: z.string().optional(),
          hint: z.string().optional(),
        }),
      }),
    ),
    /** Where the model is, from the client's environment. Kept in memory only, never stored. */
    credentials: verb
      .input(z.object({ apiKey: z.string().optional(), baseUrl: z.string().optional() }))
      .output(nothing),
    /**
     * Opens the web face where it is not open yet: the same port and token as last time where they can be had. `port` is
     * the one that is wished for. `ticketUrl` is for a command line: it opens the page once, within a minute. `notice` says why it became another one.
     */
    openWeb: verb
      .input(z.object({ port: z.number().int().min(1).max(65_535).optional() }))
      .output(z.object({ url: z.string(), ticketUrl: z.string(), notice: z.string().nullable() })),
    /** What `stopAll` would end. */
    running: verb.output(runningCounts),
    /**
     * Ends all that runs, with everything that it has started, servers that left their shell too: every turn, as one that the
     * person stopped and can continue; every command, whose item says how it ended; every terminal, as if it was closed, so
     * its screen is forgotten; and every daemon. Sessions, worktrees and the log stay. With `quit` the host ends too,
     * as soon as who asked has hung up. Gives what ran, and the pids that could not be ended. Fails behind all that where the
     * log could not be written.
     */
    stopAll: verb
      .input(z.object({ quit: z.boolean().default(false) }))
      .output(runningCounts.extend({ stayed: z.array(z.number().int()) })),
  },
  projects: {
    list: verb.output(z.array(projectSummary)),
    add: verb.input(z.object({ path: z.string().min(1) })).output(projectSummary),
    /** Makes the sample project of the demo where it is not there yet, and adds it. */
    addSample: verb.output(projectSummary),
    /** The folders in a folder, for choosing one: `path` may be unfinished, and its last part is then a beginning. */
    browse: verb.input(z.object({ path: z.string() })).output(
      z.object({
        /** Absolute: the folder that is listed. */
        folder: z.string(),
        parent: z.string().nullable(),
        repository: z.boolean(),
        entries: z.array(z.object({ name: z.string(), path: z.string(), repository: z.boolean() })),
      }),
    ),
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
    diff: verb
      .input(session.extend({ patch: z.boolean().default(false) }))
      .output(z.object({ diff: sessionDiff, patch: patch.nullable() })),
    merge: verb
      .input(session.extend({ how: mergeHow.default("squash"), into: z.string().optional() }))
      .output(sessionSummary),
    /** Asks the model about the session beside its course: question and answer are in the log, not in its conversation. */
    aside: verb
      .input(session.extend({ question: text }))
      .output(z.object({ item: z.string(), answer: z.string() })),
    archive: verb.input(session).output(sessionSummary),
    restore: verb.input(session).output(sessionSummary),
    /** Removes an archived session's files for good. Its log, and its branch in the project, stay. */
    purge: verb.input(session).output(sessionSummary),
  },
  terminals: {
    /** Opens a shell in the session's worktree. Its bytes go over a WebSocket of their own: `/terminal/ID`. */
    open: verb.input(session.extend({ cols: gridCount, rows: gridCount })).output(terminalSummary),
    /** All terminals, or those of one session. */
    list: verb.input(z.object({ session: z.string().optional() })).output(z.array(terminalSummary)),
    /** Ends the shell and everything that it started. */
    close: verb.input(z.object({ terminal: z.string() })).output(nothing),
  },
  settings: {
    get: verb.output(settings),
    /** Changes what is named; gives all of them. */
    set: verb.input(settings.partial()).output(settings),
  },
  models: {
    list: verb.output(
      z.array(z.object({ id: z.string(), name: z.string(), provider: z.string(), usable: z.boolean() })),
    ),
    /** One small request to the provider as it is configured, or as it would be with these. */
    test: verb
      .input(
        z.object({
          apiKey: z.string().optional(),
          baseUrl: z.string().optional(),
          model: z.string().optional(),
        }),
      )
      .output(z.object({ model: z.string(), ms: z.number() })),
  },
  fleet: {
    /** All that a client shows at first, and the cursor from which `log.read` goes on. */
    view: verb.output(
      z.object({
        cursor: z.number().int(),
        projects: z.array(projectSummary),
        sessions: z.array(sessionSummary),
        settings,
        /** Sessions whose last turn ended with its host, and that nobody has continued, for "While you were away". */
        cutOff: z.array(z.string()),
      }),
    ),
  },
  log: {
    /** A page of one session's events, numbered above `afterSeq`, oldest first, without what only the model needs. */
    session: verb
      .input(session.extend({ afterSeq: z.number().int().min(0), limit: z.number().int().min(1).max(2000) }))
      .output(z.object({ events: z.array(storedEvent) })),
    /**
     * What open items of these sessions show beyond what the client has, which it names by item and length. Waits up to
     * `waitMs` where there is nothing new. Text that a client missed is in the item's last event anyway.
     */
    live: verb
      .input(
        z.object({
          sessions: z.array(z.string()).max(64),
          have: z.record(z.string(), z.number().int().min(0)),
          waitMs: z.number().int().min(0).max(30_000),
        }),
      )
      .output(z.object({ pieces: z.array(livePiece) })),
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
          /** Without `model`, what only the model needs: for a client that shows things. */
          slim: z.boolean().default(false),
          waitMs: z.number().int().min(0).max(30_000).default(0),
        }),
      )
      .output(z.object({ events: z.array(storedEvent), cursor: z.number().int() })),
  },
};
