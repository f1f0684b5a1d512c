/** What a pane shows of a session: its turns and their items, by the events alone. */
import { assertNever } from "../kernel/assert-never.ts";
import type { ChangedFiles } from "../git/diff.ts";
import type { ChangeSize, Event, UnknownEvent, Usage } from "./events.ts";
import { isKnown } from "./events.ts";
import { addUsage } from "./reducer.ts";
import type { ItemContent, ItemStatus, PlanStep } from "./items.ts";
import type { storedFailure } from "./events.ts";
import type { z } from "zod";

type StoredFailure = z.infer<typeof storedFailure>;

export interface TranscriptApproval {
  readonly id: string;
  readonly action: string;
  readonly reason: string;
  readonly at: number;
  readonly decision: "pending" | "approved" | "denied" | "stale";
  readonly note?: string;
}

export interface TranscriptItem {
  readonly id: string;
  readonly turn: string;
  readonly content: ItemContent;
  readonly status: "open" | ItemStatus;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly failure?: StoredFailure;
  readonly approval?: TranscriptApproval;
}

export interface TranscriptTurn {
  readonly id: string;
  readonly reason: "task" | "message" | "continue";
  readonly status: "running" | "completed" | "interrupted" | "failed";
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Ids of its items, in the order in which they began. */
  readonly items: readonly string[];
  readonly plan: readonly PlanStep[];
  readonly usage: Usage | null;
  /** Against the session's base, at the turn's end. */
  readonly changes: ChangeSize | null;
  /** The net of what differs since the checkpoint before its own. */
  readonly changed?: ChangedFiles;
  /** Why it was interrupted. */
  readonly text?: string;
  readonly failure?: StoredFailure;
}

export interface Transcript {
  readonly turns: readonly TranscriptTurn[];
  readonly items: Readonly<Record<string, TranscriptItem>>;
  /** The number of the last event in it: the next one's is this plus one. */
  readonly seq: number;
}

export const EMPTY_TRANSCRIPT: Transcript = { turns: [], items: {}, seq: 0 };

const lastOf = <Value>(list: readonly Value[]): Value | undefined => list.at(-1);

/** The transcript with its turn `id` changed. */
function changeTurn(
  transcript: Transcript,
  id: string,
  change: (turn: TranscriptTurn) => TranscriptTurn,
): Transcript {
  return { ...transcript, turns: transcript.turns.map((turn) => (turn.id === id ? change(turn) : turn)) };
}

function putItem(transcript: Transcript, item: TranscriptItem): Transcript {
  const items = { ...transcript.items, [item.id]: item };
  if (transcript.items[item.id]) return { ...transcript, items };
  return changeTurn({ ...transcript, items }, item.turn, (turn) => ({
    ...turn,
    items: [...turn.items, item.id],
  }));
}

function changeItem(
  transcript: Transcript,
  id: string,
  change: (item: TranscriptItem) => TranscriptItem,
): Transcript {
  const item = transcript.items[id];
  return item ? { ...transcript, items: { ...transcript.items, [id]: change(item) } } : transcript;
}

function completed(transcript: Transcript, event: Event<"item.completed">): Transcript {
  const { item: id, turn, content, status, failure } = event.body;
  const before = transcript.items[id];
  return putItem(transcript, {
    ...before,
    id,
    turn,
    content,
    status,
    startedAt: before?.startedAt ?? event.at,
    endedAt: event.at,
    ...(failure && { failure }),
  });
}

/** Something that Oriel says, as an item of the turn that it is said in. */
function noticed(transcript: Transcript, event: Event<"notice">): Transcript {
  const { level, code, text, details } = event.body;
  const turn = event.body.turn ?? lastOf(transcript.turns)?.id;
  if (turn === undefined) return transcript;
  return putItem(transcript, {
    id: `notice-${event.id}`,
    turn,
    content: { kind: "notice", level, code, text, ...(details !== undefined && { details }) },
    status: "completed",
    startedAt: event.at,
    endedAt: event.at,
  });
}

function ended(
  transcript: Transcript,
  turn: string,
  at: number,
  end: Partial<TranscriptTurn> & { status: TranscriptTurn["status"] },
): Transcript {
  return changeTurn(transcript, turn, (before) => ({ ...before, endedAt: at, ...end }));
}

function apply(transcript: Transcript, event: Event): Transcript {
  switch (event.type) {
    case "turn.started": {
      const { turn: id, reason } = event.body;
      const plan = reason === "continue" ? (lastOf(transcript.turns)?.plan ?? []) : [];
      const facts = { id, reason, plan, status: "running", startedAt: event.at, endedAt: null } as const;
      return {
        ...transcript,
        turns: [...transcript.turns, { ...facts, items: [], usage: null, changes: null }],
      };
    }
    case "item.started": {
      const { item: id, turn, content } = event.body;
      return putItem(transcript, { id, turn, content, status: "open", startedAt: event.at, endedAt: null });
    }
    case "item.completed":
      return completed(transcript, event);
    case "plan.updated":
      return changeTurn(transcript, event.body.turn, (turn) => ({ ...turn, plan: event.body.steps }));
    case "approval.requested": {
      const { approval, action, reason, item } = event.body;
      const asked = { id: approval, action, reason, at: event.at, decision: "pending" } as const;
      return changeItem(transcript, item, (before) => ({ ...before, approval: asked }));
    }
    case "approval.resolved": {
      const { approval: id, decision, note } = event.body;
      const item = Object.values(transcript.items).find((candidate) => candidate.approval?.id === id);
      const answer = { decision, ...(note !== undefined && { note }) };
      if (!item?.approval) return transcript;
      const approval = { ...item.approval, ...answer };
      return changeItem(transcript, item.id, (before) => ({ ...before, approval }));
    }
    case "usage.updated":
      return changeTurn(transcript, event.body.turn, (turn) => ({
        ...turn,
        usage: turn.usage ? addUsage(turn.usage, event.body.added) : event.body.added,
      }));
    case "checkpoint.created": {
      const { turn, changed } = event.body;
      return changed ? changeTurn(transcript, turn, (before) => ({ ...before, changed })) : transcript;
    }
    case "turn.completed":
      return ended(transcript, event.body.turn, event.at, {
        status: "completed",
        changes: event.body.changes,
      });
    case "turn.interrupted":
      return ended(transcript, event.body.turn, event.at, { status: "interrupted", text: event.body.text });
    case "turn.failed":
      return ended(transcript, event.body.turn, event.at, { status: "failed", failure: event.body.failure });
    case "notice":
      return noticed(transcript, event);
    case "aside.answered": {
      const turn = lastOf(transcript.turns)?.id;
      if (turn === undefined) return transcript;
      const { item: id, question, answer } = event.body;
      const content = { kind: "question", question, answer, aside: true } as const;
      return putItem(transcript, {
        id,
        turn,
        content,
        status: "completed",
        startedAt: event.at,
        endedAt: event.at,
      });
    }
    case "session.created":
    case "session.renamed":
    case "session.queued":
    case "session.archived":
    case "session.restored":
    case "session.purged":
    case "worktree.ready":
    case "worktree.failed":
    case "message.queued":
    case "message.delivered":
    case "question.answered":
    case "changes.measured":
    case "checkpoint.restored":
    case "branch.updated":
    case "branch.merged":
    case "settings.changed":
    case "project.added":
      return transcript;
    default:
      return assertNever(event);
  }
}

/** The transcript after `event` of the session's stream. An event that it has already changes nothing. */
export function reduceTranscript(transcript: Transcript, event: UnknownEvent): Transcript {
  if (event.seq <= transcript.seq) return transcript;
  const next = isKnown(event) && event.body !== null ? apply(transcript, event) : transcript;
  return { ...next, seq: event.seq };
}
