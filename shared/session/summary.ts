/** What a row, a tile and the command say of a session and a project, and what can be read off it. */
import { z } from "zod";
import { assertNever } from "../kernel/assert-never.ts";
import { changeSize, interruption, mergedCheckout, sessionRoot, storedFailure, usage } from "./events.ts";
import { approvalPolicy, itemContent, planStep, sandboxMode } from "./items.ts";
import type { ItemContent } from "./items.ts";

export const sessionState = z.enum([
  "queued",
  "preparing",
  "running",
  "needs_you",
  "ready",
  "idle",
  "merged",
  "archived",
]);
export type SessionState = z.infer<typeof sessionState>;

const lastTurn = z.object({
  id: z.string(),
  status: z.enum(["running", "completed", "interrupted", "failed"]),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Why it was interrupted: the cause, and in words for the person. */
  reason: interruption.nullable(),
  text: z.string().nullable(),
  failure: storedFailure.nullable(),
});

/** What a row, a tile and `show` say of a session: all that the log says, short of its items. Times are epoch ms. */
export const sessionSummary = z.object({
  id: z.string(),
  title: z.string(),
  task: z.string(),
  slug: z.string(),
  state: sessionState,
  project: z.string(),
  base: z.string().nullable(),
  baseCommit: z.string(),
  branch: z.string(),
  roots: z.array(sessionRoot),
  worktree: z.string().nullable(),
  git: z.string().nullable(),
  agent: z.string(),
  provider: z.string(),
  model: z.string(),
  /** Of the model's server, where it was not the provider's own or that of the settings. */
  baseUrl: z.string().optional(),
  approval: approvalPolicy,
  sandbox: sandboxMode,
  parent: z.string().nullable(),
  origin: z.enum(["person", "schedule", "session"]),
  plan: z.array(planStep),
  usage,
  changes: changeSize.nullable(),
  /** The commit that the person's repository knows as the session's branch, and the one that was last merged. */
  published: z.string().nullable(),
  merged: z.object({ into: z.string(), commit: z.string(), checkout: mergedCheckout }).nullable(),
  /** The commit of its last checkpoint. */
  checkpoint: z.string().optional(),
  turn: lastTurn.nullable(),
  turns: z.number().int(),
  /** The turn that waits for a free place. */
  queuedTurn: z.string().nullable(),
  /** Messages that the agent has not got yet. */
  messages: z.array(z.object({ id: z.string(), text: z.string(), delivery: z.enum(["steer", "queue"]) })),
  approvals: z.array(
    z.object({ id: z.string(), item: z.string(), action: z.string(), reason: z.string(), at: z.number() }),
  ),
  /** Items that began and have not ended: what is under way, and what recovery has to settle. */
  open: z.array(z.object({ item: z.string(), turn: z.string(), content: itemContent })),
  /** The latest thing that happened, in one line. */
  lastLine: z.string(),
  worktreeFailure: storedFailure.nullable(),
  trash: z.string().nullable(),
  /** Whether its files in the trash were removed for good. */
  purged: z.boolean().optional(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Sum of the time its turns ran, in ms, without the one that runs now. */
  activeMs: z.number(),
});
export type SessionSummary = z.infer<typeof sessionSummary>;

export const projectSummary = z.object({
  id: z.string(),
  path: z.string(),
  name: z.string(),
  addedAt: z.number(),
});
export type ProjectSummary = z.infer<typeof projectSummary>;

/** Whether an open item is a question that waits for its answer. */
export const isUnanswered = ({ content }: SessionSummary["open"][number]): boolean =>
  content.kind === "question" && content.answer === undefined;

/** Whether a turn of it is on, waits for a place, or waits for its worktree. */
export const isWorking = ({ state, turn, queuedTurn }: SessionSummary): boolean =>
  turn?.status === "running" || queuedTurn !== null || state === "preparing";

/** Whether its last turn ended with the host, and nobody has continued it yet. */
export const wasCutOff = (summary: SessionSummary): boolean =>
  summary.trash === null && summary.turn?.status === "interrupted" && summary.turn.reason === "host_ended";

const LINE_LENGTH = 160;

/** The first line of a text, shortened where it is long. */
export const oneLine = (text: string): string => {
  const line = text.trim().split("\n", 1)[0] ?? "";
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 1)}…` : line;
};

/** An item in one line, for a row or a plain progress line. Empty where there is nothing to say yet. */
export function itemLine(content: ItemContent): string {
  switch (content.kind) {
    case "message":
    case "reasoning":
      // Marks of markdown say nothing in one plain line.
      return oneLine(content.text.replace(/`|\*\*|^#+ /gm, ""));
    case "plan": {
      const step = content.steps.find((candidate) => candidate.status === "in_progress");
      return step ? oneLine(step.text) : "";
    }
    case "command": {
      const exit =
        content.exitCode === undefined || content.exitCode === 0
          ? ""
          : ` (exit ${content.exitCode ?? content.signal})`;
      return oneLine(`$ ${content.command}`) + exit;
    }
    case "file_change":
      return oneLine(
        content.changes.map((change) => `${change.action} ${change.to ?? change.path}`).join(", "),
      );
    case "tool_call":
      return oneLine(content.title);
    case "question":
      return oneLine(`Asks: ${content.question}`);
    case "notice":
      return oneLine(content.text);
    default:
      return assertNever(content);
  }
}
