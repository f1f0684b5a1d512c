import { assertNever } from "../kernel/assert-never.ts";
import { isKnown } from "./events.ts";
import type { Event, UnknownEvent, Usage } from "./events.ts";
import { isUnanswered, itemLine, oneLine } from "./summary.ts";
import type { ProjectSummary, SessionState, SessionSummary } from "./summary.ts";

const NO_USAGE: Usage = { input: 0, cached: 0, output: 0, reasoning: 0, cost: null };

/** Adds up usage. A cost that is not known for one part is not known for the whole, unless that part is empty. */
export function addUsage(sum: Usage, added: Usage): Usage {
  const empty = sum.input === 0 && sum.output === 0;
  const cost = empty ? added.cost : sum.cost === null || added.cost === null ? null : sum.cost + added.cost;
  return {
    input: sum.input + added.input,
    cached: sum.cached + added.cached,
    output: sum.output + added.output,
    reasoning: sum.reasoning + added.reasoning,
    cost,
  };
}

/** The state that the rest of a summary amounts to: the table of docs/architecture.md. */
function stateOf(summary: SessionSummary): SessionState {
  if (summary.trash !== null) return "archived";
  if (summary.worktreeFailure !== null) return "needs_you";
  const status = summary.turn?.status;
  if (status === "running") return asksPerson(summary) ? "needs_you" : "running";
  if (summary.queuedTurn !== null) return "queued";
  if (summary.merged !== null) return "merged";
  switch (status) {
    case undefined:
      return "preparing";
    case "interrupted":
    case "failed":
      return "needs_you";
    case "completed":
      return (summary.changes?.files ?? 0) > 0 ? "ready" : "idle";
    default:
      return assertNever(status);
  }
}

const asksPerson = (summary: SessionSummary): boolean =>
  summary.approvals.length > 0 || summary.open.some(isUnanswered);

type OpenItem = SessionSummary["open"][number];

/** An answered question stays open until the agent has taken its answer. */
function withAnswer(open: OpenItem, { item, answer }: { item: string; answer: string }): OpenItem {
  const { content } = open;
  return open.item === item && content.kind === "question"
    ? { ...open, content: { ...content, answer } }
    : open;
}

function created(event: Event<"session.created">): SessionSummary {
  const { roots, ...rest } = event.body;
  const root = roots[0]!;
  return {
    ...rest,
    id: event.stream.slice("session/".length),
    state: "preparing",
    project: root.project,
    base: root.base,
    baseCommit: root.commit,
    branch: root.branch,
    roots,
    worktree: null,
    git: null,
    plan: [],
    usage: NO_USAGE,
    changes: null,
    published: null,
    merged: null,
    turn: null,
    turns: 0,
    queuedTurn: null,
    messages: [],
    approvals: [],
    open: [],
    lastLine: "",
    worktreeFailure: null,
    trash: null,
    createdAt: event.at,
    updatedAt: event.at,
    activeMs: 0,
  };
}

/** The summary with that turn as its last: one that was stopped in the queue never started. */
function withTurn(summary: SessionSummary, id: string, at: number): SessionSummary {
  if (summary.turn?.id === id) return summary;
  return {
    ...summary,
    turn: { id, status: "running", startedAt: at, endedAt: null, reason: null, text: null, failure: null },
  };
}

/** Ends the running turn. What is still open then is a command that outlived the host: its result comes later. */
function turnEnded(
  summary: SessionSummary,
  at: number,
  end: { status: "completed" | "interrupted" | "failed" } & Partial<NonNullable<SessionSummary["turn"]>>,
  workedUntil = at,
): SessionSummary {
  if (summary.turn === null) return summary;
  return {
    ...summary,
    turn: { ...summary.turn, endedAt: at, ...end },
    activeMs: summary.activeMs + Math.max(0, workedUntil - summary.turn.startedAt),
    approvals: [],
  };
}

function apply(summary: SessionSummary, event: Event): SessionSummary {
  switch (event.type) {
    case "session.created":
    case "project.added":
    case "settings.changed":
      return summary;
    case "checkpoint.created":
      return { ...summary, checkpoint: event.body.commit };
    case "question.answered":
      return { ...summary, open: summary.open.map((open) => withAnswer(open, event.body)) };
    case "aside.answered":
      return { ...summary, usage: addUsage(summary.usage, event.body.added) };
    case "session.renamed":
      return { ...summary, title: event.body.title };
    case "session.queued":
      return { ...summary, queuedTurn: event.body.turn };
    case "session.archived":
      return { ...summary, trash: event.body.trash };
    case "session.purged":
      return { ...summary, purged: true, lastLine: "Its files were removed for good" };
    case "session.restored":
      return { ...summary, trash: null };
    case "worktree.ready": {
      const { path, git, branch = summary.branch, commit = summary.baseCommit } = event.body;
      return { ...summary, worktree: path, git, branch, baseCommit: commit, worktreeFailure: null };
    }
    case "worktree.failed":
      return { ...summary, worktreeFailure: event.body.failure, lastLine: event.body.failure.message };
    case "turn.started":
      return {
        ...summary,
        turn: {
          id: event.body.turn,
          status: "running",
          startedAt: event.at,
          endedAt: null,
          reason: null,
          text: null,
          failure: null,
        },
        turns: summary.turns + 1,
        queuedTurn: null,
        merged: null,
      };
    case "item.started":
      return {
        ...summary,
        open: [
          ...summary.open,
          { item: event.body.item, turn: event.body.turn, content: event.body.content },
        ],
        lastLine: itemLine(event.body.content) || summary.lastLine,
      };
    case "item.completed":
      return {
        ...summary,
        open: summary.open.filter((open) => open.item !== event.body.item),
        lastLine: itemLine(event.body.content) || summary.lastLine,
      };
    case "plan.updated":
      return { ...summary, plan: event.body.steps };
    case "message.queued": {
      const { message, text, delivery } = event.body;
      return { ...summary, messages: [...summary.messages, { id: message, text, delivery }] };
    }
    case "message.delivered":
      return {
        ...summary,
        messages: summary.messages.filter((message) => message.id !== event.body.message),
      };
    case "approval.requested": {
      const { approval, item, action, reason } = event.body;
      const asked = { id: approval, item, action, reason, at: event.at };
      return {
        ...summary,
        approvals: [...summary.approvals, asked],
        lastLine: oneLine(`Asks to run: ${action}`),
      };
    }
    case "approval.resolved":
      return {
        ...summary,
        approvals: summary.approvals.filter((approval) => approval.id !== event.body.approval),
      };
    case "usage.updated":
      return { ...summary, usage: addUsage(summary.usage, event.body.added) };
    case "changes.measured":
      return { ...summary, changes: event.body.changes };
    case "checkpoint.restored":
      return { ...summary, lastLine: "Went back to an earlier checkpoint" };
    case "turn.completed":
      return turnEnded({ ...summary, changes: event.body.changes ?? summary.changes }, event.at, {
        status: "completed",
      });
    case "turn.interrupted":
      return turnEnded(
        {
          ...withTurn(summary, event.body.turn, event.at),
          queuedTurn: null,
          lastLine: oneLine(event.body.text),
        },
        event.at,
        { status: "interrupted", reason: event.body.reason, text: event.body.text },
        event.body.until,
      );
    case "turn.failed":
      return turnEnded(
        {
          ...withTurn(summary, event.body.turn, event.at),
          queuedTurn: null,
          lastLine: oneLine(event.body.failure.message),
        },
        event.at,
        { status: "failed", failure: event.body.failure },
      );
    case "branch.updated":
      return { ...summary, published: event.body.commit, changes: event.body.changes };
    case "branch.merged": {
      const { into, commit, checkout } = event.body;
      const lastLine = `Merged into ${into}${checkout === "dirty" ? "; the files of your checkout were left as they are" : ""}`;
      return { ...summary, merged: { into, commit, checkout }, lastLine: oneLine(lastLine) };
    }
    case "notice":
      // What to do about a merge's checkout is for the activity: the line says already that it is merged, and how.
      if (event.body.code === "checkout_left_alone") return summary;
      return { ...summary, lastLine: oneLine(event.body.text) };
    default:
      return assertNever(event);
  }
}

/**
 * The summary after `event`, which is of the session's own stream. Events of unknown types and of a session whose
 * beginning is not known change nothing.
 */
export function reduceSession(summary: SessionSummary | null, event: UnknownEvent): SessionSummary | null {
  // An erased event has no body: what it said is gone for good.
  if (!isKnown(event) || event.body === null) return summary;
  if (summary === null) return event.type === "session.created" ? created(event) : null;
  const next = { ...apply(summary, event), updatedAt: event.at };
  return { ...next, state: stateOf(next) };
}

/** The same for the stream `project/<id>`. */
export function reduceProject(project: ProjectSummary | null, event: UnknownEvent): ProjectSummary | null {
  if (!isKnown(event) || event.type !== "project.added") return project;
  const id = event.stream.slice("project/".length);
  return { id, path: event.body.path, name: event.body.name, addedAt: project?.addedAt ?? event.at };
}
