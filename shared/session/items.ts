import { z } from "zod";

export const planStep = z.object({
  text: z.string(),
  status: z.enum(["pending", "in_progress", "completed"]),
});
export type PlanStep = z.infer<typeof planStep>;

export const sandboxMode = z.enum(["read-only", "workspace-write", "full-access"]);
export type SandboxMode = z.infer<typeof sandboxMode>;

export const approvalPolicy = z.enum(["untrusted", "on-request", "never"]);
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;

/** A large output: the whole as a blob, and enough of it to show without opening the blob. Sizes in bytes. */
export const outputRef = z.object({
  /** SHA-256 of the kept bytes, or null where `head` is the whole. */
  blob: z.string().nullable(),
  /** All bytes that were produced, also those past what was kept. */
  size: z.number().int(),
  head: z.string(),
  tail: z.string(),
});
export type OutputRef = z.infer<typeof outputRef>;

export const fileChange = z.object({
  path: z.string(),
  action: z.enum(["add", "update", "delete", "move"]),
  /** The new path of a move. */
  to: z.string().optional(),
  added: z.number().int(),
  removed: z.number().int(),
});
export type FileChange = z.infer<typeof fileChange>;

/** What an item is. The same shape goes with `item.started` (what is known then) and `item.completed` (all of it). */
export const itemContent = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("message"),
    role: z.enum(["person", "agent"]),
    text: z.string(),
    /** How a person's message reached the agent. */
    delivery: z.enum(["start", "steer", "queue", "continue"]).optional(),
  }),
  z.object({ kind: z.literal("reasoning"), text: z.string() }),
  z.object({ kind: z.literal("plan"), steps: z.array(planStep) }),
  z.object({
    kind: z.literal("command"),
    /** What is shown: the shell line that the agent asked for. */
    command: z.string(),
    /** Relative to the worktree; empty for its root. */
    cwd: z.string(),
    /** The daemon's id of the command, chosen before it starts, and the daemon instance that was asked. */
    handle: z.string().optional(),
    daemon: z.string().optional(),
    /** What it ran in. `none` where the platform has no sandbox. */
    sandbox: z.union([sandboxMode, z.literal("none")]).optional(),
    exitCode: z.number().int().nullable().optional(),
    signal: z.string().nullable().optional(),
    durationMs: z.number().optional(),
    output: outputRef.optional(),
  }),
  z.object({ kind: z.literal("file_change"), changes: z.array(fileChange) }),
  z.object({
    kind: z.literal("tool_call"),
    tool: z.string(),
    /** One line for a person: `read_file src/a.ts`. */
    title: z.string(),
    arguments: z.string(),
    output: outputRef.optional(),
  }),
  z.object({
    kind: z.literal("question"),
    question: z.string(),
    options: z.array(z.string()).optional(),
    answer: z.string().optional(),
    /** The person's question, beside the session's course; else the agent's, which waits for an answer. */
    aside: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("notice"),
    level: z.enum(["info", "warning", "error"]),
    /** Names the cause: `sandbox_blocked`, `model_retry`, `repeated_call`, … */
    code: z.string(),
    text: z.string(),
    details: z.string().optional(),
  }),
]);
export type ItemContent = z.infer<typeof itemContent>;
export type ItemKind = ItemContent["kind"];

export const itemStatus = z.enum(["completed", "failed", "denied", "interrupted"]);
export type ItemStatus = z.infer<typeof itemStatus>;

/**
 * What of an item the model sees: raw entries for the `input` of its next request, in order, as the agent wrote them.
 * The whole conversation is the concatenation of `model` over a session's events, so that each request extends the one
 * before byte for byte. Opaque to everybody but the agent that wrote it.
 */
export const modelInput = z.array(z.record(z.string(), z.unknown()));
export type ModelInput = z.infer<typeof modelInput>;
