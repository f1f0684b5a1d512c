/** Who waits for a person, and what for: the queue that one key walks through. */
import type { SessionState, SessionSummary } from "#shared/session/summary.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { FleetState } from "../state/fleet.ts";

export type Reason = "approval" | "question" | "failed" | "interrupted" | "worktree";

/** What a session that needs the person waits for; null where it does not. */
export function reasonOf(session: SessionSummary): Reason | null {
  if (session.state !== "needs_you") return null;
  if (session.worktreeFailure !== null) return "worktree";
  if (session.approvals.length > 0) return "approval";
  const status = session.turn?.status;
  switch (status) {
    case "failed":
      return "failed";
    case "interrupted":
      return "interrupted";
    case "running":
    case "completed":
    case undefined:
      return "question";
    default:
      return assertNever(status);
  }
}

/** The word for it, in a row: what the person will find. */
export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  approval: "Wants a yes",
  question: "Asks",
  failed: "Failed",
  interrupted: "Interrupted",
  worktree: "No worktree",
};

export type Section = "needs-you" | "running" | "ready" | "earlier";

export const SECTIONS: readonly { readonly section: Section; readonly word: string }[] = [
  { section: "needs-you", word: "Needs you" },
  { section: "running", word: "Running" },
  { section: "ready", word: "Ready" },
  { section: "earlier", word: "Earlier" },
];

export function sectionOf(state: SessionState): Section {
  switch (state) {
    case "needs_you":
      return "needs-you";
    case "running":
    case "preparing":
    case "queued":
      return "running";
    case "ready":
      return "ready";
    case "idle":
    case "merged":
    case "archived":
      return "earlier";
    default:
      return assertNever(state);
  }
}

/** Agents that wait for an answer stand still: they come before turns that ended badly. */
const URGENCY: Readonly<Record<Reason, number>> = {
  approval: 0,
  question: 0,
  worktree: 1,
  failed: 1,
  interrupted: 1,
};

/** Asks before failed and interrupted; among equals, who has waited longest. */
const byUrgency = (one: SessionSummary, other: SessionSummary): number =>
  URGENCY[reasonOf(one) ?? "interrupted"] - URGENCY[reasonOf(other) ?? "interrupted"] ||
  one.updatedAt - other.updatedAt;

const STATE_ORDER: Readonly<Record<SessionState, number>> = {
  needs_you: 0,
  running: 0,
  preparing: 1,
  queued: 2,
  ready: 0,
  idle: 0,
  merged: 0,
  archived: 1,
};

/** The order within a section. Rows never jump because of an event that changes no state, but for the queue's own. */
const ORDERS: Readonly<Record<Section, (one: SessionSummary, other: SessionSummary) => number>> = {
  "needs-you": byUrgency,
  running: (one, other) =>
    STATE_ORDER[one.state] - STATE_ORDER[other.state] || one.createdAt - other.createdAt,
  ready: (one, other) => (other.turn?.endedAt ?? 0) - (one.turn?.endedAt ?? 0),
  earlier: (one, other) =>
    STATE_ORDER[one.state] - STATE_ORDER[other.state] || other.createdAt - one.createdAt,
};

export type Ranked = Readonly<Record<Section, readonly string[]>>;

/** Ids of all sessions by section, each in the order in which they are looked at. */
export function rank(sessions: Readonly<Record<string, SessionSummary>>): Ranked {
  const sections: Record<Section, SessionSummary[]> = {
    "needs-you": [],
    running: [],
    ready: [],
    earlier: [],
  };
  for (const session of Object.values(sessions)) sections[sectionOf(session.state)].push(session);
  const ids = (section: Section): string[] => sections[section].toSorted(ORDERS[section]).map(({ id }) => id);
  return {
    "needs-you": ids("needs-you"),
    running: ids("running"),
    ready: ids("ready"),
    earlier: ids("earlier"),
  };
}

const sameRanks = (one: Ranked, other: Ranked): boolean =>
  SECTIONS.every(
    ({ section }) =>
      one[section].length === other[section].length &&
      one[section].every((id, index) => id === other[section][index]),
  );

let last: { readonly sessions: FleetState["sessions"]; readonly ranked: Ranked } | null = null;

/** The same as a selector: it gives another value only when an id moved, so that a list renders only then. */
export function selectRanked({ sessions }: Pick<FleetState, "sessions">): Ranked {
  if (last?.sessions === sessions) return last.ranked;
  const ranked = rank(sessions);
  last = { sessions, ranked: last && sameRanks(last.ranked, ranked) ? last.ranked : ranked };
  return last.ranked;
}

/** The next in the queue after `current`, from the beginning after its end; null where nobody waits. */
export function nextThatNeedsYou(queue: readonly string[], current: string | null): string | null {
  const at = current === null ? -1 : queue.indexOf(current);
  return queue[(at + 1) % queue.length] ?? null;
}
