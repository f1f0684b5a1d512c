import { z } from "zod";
import { changedFiles, changeSize } from "../git/diff.ts";
import { settings } from "../settings/settings.ts";
import { approvalPolicy, itemContent, itemStatus, modelInput, planStep, sandboxMode } from "./items.ts";

/** A failure as stored: see `Failure` in shared/kernel. */
export const storedFailure = z.object({
  code: z.string(),
  message: z.string(),
  kept: z.string().optional(),
  hint: z.string().optional(),
  details: z.string().optional(),
});

export const usage = z.object({
  /** Tokens. `cached` is the part of `input` that the provider had cached; `reasoning` the part of `output`. */
  input: z.number().int(),
  cached: z.number().int(),
  output: z.number().int(),
  reasoning: z.number().int(),
  /** US dollars by the table of prices, or null where the model is not in it. */
  cost: z.number().nullable(),
});
export type Usage = z.infer<typeof usage>;

export { changeSize };
export type { ChangeSize } from "../git/diff.ts";

export const sessionRoot = z.object({
  /** The person's repository: absolute path. */
  project: z.string(),
  /** The branch that the session started from and merges back to, or null where HEAD was detached. */
  base: z.string().nullable(),
  commit: z.string(),
  /** The session's branch, as the person's repository knows it: `oriel/<slug>`. */
  branch: z.string(),
});

/** `stopped` by the person, `host_ended` under it, or by a limit: `repetition`, `step_limit`. */
export const interruption = z.enum([
  "stopped",
  "host_ended",
  "repetition",
  "step_limit",
  "denied",
  "recovery",
]);

export const mergedCheckout = z.enum(["advanced", "dirty", "not_checked_out"]);

const turn = { turn: z.string() };
const item = { ...turn, item: z.string() };

/** The body of each event type, at its current version (`v`: 1 for all so far). */
export const eventBodies = {
  "session.created": z.object({
    title: z.string(),
    task: z.string(),
    slug: z.string(),
    agent: z.string(),
    /** Where the model is (`openai`, `compatible`, `offline`), and its name. */
    provider: z.string(),
    model: z.string(),
    /** The model server that a client's environment named, so that no other client's takes its place. */
    baseUrl: z.string().optional(),
    approval: approvalPolicy,
    sandbox: sandboxMode,
    /** The session that delegated this one. */
    parent: z.string().nullable(),
    origin: z.enum(["person", "schedule", "session"]),
    /** One root today; several for a task over several repositories. */
    roots: z.array(sessionRoot).min(1),
  }),
  "session.renamed": z.object({ title: z.string() }),
  "session.queued": z.object({ turn: z.string() }),
  "session.archived": z.object({
    /** Where the worktree and its private repository were moved, below the data directory. */
    trash: z.string(),
  }),
  "session.restored": z.object({}),
  /** From here on its files are removed for good: what is left of them must not come back as if it were whole. */
  "session.purged": z.object({}),
  "worktree.ready": z.object({
    path: z.string(),
    git: z.string(),
    /** The branch and base that it got: a name that was taken meanwhile has a number behind it. */
    branch: z.string().optional(),
    commit: z.string().optional(),
  }),
  "worktree.failed": z.object({ failure: storedFailure }),
  "turn.started": z.object({
    ...turn,
    reason: z.enum(["task", "message", "continue"]),
    /** Whether a sandbox can be had on this machine; where not, each command is asked for. */
    sandboxed: z.boolean(),
  }),
  "item.started": z.object({ ...item, content: itemContent, model: modelInput.optional() }),
  "item.completed": z.object({
    ...item,
    status: itemStatus,
    content: itemContent,
    model: modelInput.optional(),
    failure: storedFailure.optional(),
  }),
  "plan.updated": z.object({ ...turn, steps: z.array(planStep) }),
  "message.queued": z.object({ message: z.string(), text: z.string(), delivery: z.enum(["steer", "queue"]) }),
  "message.delivered": z.object({ message: z.string() }),
  "approval.requested": z.object({
    ...item,
    approval: z.string(),
    /** What would run or be written, in full. */
    action: z.string(),
    /** Why it is asked: by the policy, or in the agent's own words. */
    reason: z.string(),
  }),
  "approval.resolved": z.object({
    approval: z.string(),
    decision: z.enum(["approved", "denied", "stale"]),
    note: z.string().optional(),
  }),
  "question.answered": z.object({ item: z.string(), answer: z.string() }),
  "usage.updated": z.object({ ...turn, model: z.string(), added: usage }),
  /** What the worktree differs from its base by, while a turn is at work on it, and at its end where nothing else says it. */
  "changes.measured": z.object({ ...turn, changes: changeSize }),
  "checkpoint.created": z.object({
    ...turn,
    ref: z.string(),
    commit: z.string(),
    tree: z.string(),
    /** The net of what differs from the checkpoint before it, or from the base. Older logs do not have it. */
    changed: changedFiles.optional(),
  }),
  "checkpoint.restored": z.object({ commit: z.string() }),
  "turn.completed": z.object({ ...turn, changes: changeSize.nullable() }),
  "turn.interrupted": z.object({
    ...turn,
    reason: interruption,
    /** For the person: what was done, what was half done. */
    text: z.string(),
    /** Of a turn that the host did not outlive: when the last thing of it was written. Nobody worked after that. */
    until: z.number().optional(),
  }),
  "turn.failed": z.object({ ...turn, failure: storedFailure }),
  "branch.updated": z.object({ branch: z.string(), commit: z.string(), changes: changeSize }),
  "branch.merged": z.object({
    into: z.string(),
    commit: z.string(),
    how: z.enum(["squash", "merge"]),
    /** Whether a checkout of `into` was moved along, or left alone and why. */
    checkout: mergedCheckout,
  }),
  /** A question beside the session's course. Its answer is in the same event: nothing is under way in between. */
  "aside.answered": z.object({ item: z.string(), question: z.string(), answer: z.string(), added: usage }),
  /** On the stream `fleet`: what a person changed. */
  "settings.changed": settings.partial(),
  "project.added": z.object({ path: z.string(), name: z.string() }),
  notice: z.object({
    level: z.enum(["info", "warning", "error"]),
    code: z.string(),
    text: z.string(),
    details: z.string().optional(),
    turn: z.string().optional(),
    item: z.string().optional(),
  }),
} as const;

export type EventType = keyof typeof eventBodies;
export type EventBody<Type extends EventType> = z.infer<(typeof eventBodies)[Type]>;

export const actor = z.enum(["person", "agent", "oriel"]);
export type Actor = z.infer<typeof actor>;

/** What the log adds around a body. */
export const envelope = z.object({
  /** Rises over the whole data directory: the one cursor that a client needs. */
  id: z.number().int(),
  /** `session/<id>`, `project/<id>` or `fleet`. */
  stream: z.string(),
  /** Rises without gaps within its stream, from 1. */
  seq: z.number().int(),
  v: z.number().int(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  actor,
  /** The id of the event or command that led to this one. */
  cause: z.string().nullable(),
});

/** A stored event of a known type. */
export type Event<Type extends EventType = EventType> = {
  [T in Type]: z.infer<typeof envelope> & { type: T; body: EventBody<T> };
}[Type];

/** An event of a type that this version does not know: kept, passed through, ignored by reducers. */
export type UnknownEvent = z.infer<typeof envelope> & { type: string; body: unknown };

/** What is appended: the log adds `id`, `seq` and `v`. */
export type EventDraft<Type extends EventType = EventType> = {
  [T in Type]: {
    stream: string;
    at: number;
    actor: Actor;
    cause: string | null;
    type: T;
    body: EventBody<T>;
  };
}[Type];

export const isKnown = (event: UnknownEvent): event is Event => Object.hasOwn(eventBodies, event.type);

export const sessionStream = (session: string): string => `session/${session}`;
