import type { ChangeSize } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** What can write files while it is open. */
const WRITES = new Set(["command", "file_change", "tool_call"]);

/**
 * Whether what happened between two states of a session may have changed its diff: something that writes files ended,
 * a turn began or ended, the branch moved, or the change has another size than what is `shown`. Text that streams, usage
 * and plans do not.
 */
export function suggestsChange(
  before: SessionSummary | undefined,
  after: SessionSummary | undefined,
  shown: ChangeSize | null = null,
): boolean {
  if (before === after) return false;
  if (before === undefined || after === undefined) return true;
  return (
    before.turn?.id !== after.turn?.id ||
    before.turn?.status !== after.turn?.status ||
    (before.changes !== after.changes && !sameSize(after.changes, shown)) ||
    before.published !== after.published ||
    before.merged !== after.merged ||
    before.worktree !== after.worktree ||
    before.trash !== after.trash ||
    before.baseCommit !== after.baseCommit ||
    writerEnded(before, after)
  );
}

/** The host measures after each item that wrote: where the answer to that item is shown already, it is no news. */
const sameSize = (one: ChangeSize | null, other: ChangeSize | null): boolean =>
  one !== null && one.files === other?.files && one.added === other.added && one.removed === other.removed;

/** Whether something is under way that may write files, and does not wait for an answer. */
export const isWriting = (session: SessionSummary | undefined): boolean =>
  session !== undefined &&
  session.state !== "needs_you" &&
  session.open.some(({ content }) => WRITES.has(content.kind));

function writerEnded(before: SessionSummary, after: SessionSummary): boolean {
  if (before.open === after.open) return false;
  return before.open.some(
    ({ item, content }) => WRITES.has(content.kind) && !after.open.some((open) => open.item === item),
  );
}
