import type { SessionSummary } from "#shared/session/summary.ts";

/** What can write files while it is open. */
const WRITES = new Set(["command", "file_change", "tool_call"]);

/**
 * Whether what happened between two states of a session may have changed its diff: something that writes files ended,
 * a turn began or ended, the branch moved. Text that streams, usage and plans do not.
 */
export function suggestsChange(
  before: SessionSummary | undefined,
  after: SessionSummary | undefined,
): boolean {
  if (before === after) return false;
  if (before === undefined || after === undefined) return true;
  return (
    before.turn?.id !== after.turn?.id ||
    before.turn?.status !== after.turn?.status ||
    before.changes !== after.changes ||
    before.published !== after.published ||
    before.merged !== after.merged ||
    before.worktree !== after.worktree ||
    before.trash !== after.trash ||
    before.baseCommit !== after.baseCommit ||
    writerEnded(before, after)
  );
}

function writerEnded(before: SessionSummary, after: SessionSummary): boolean {
  if (before.open === after.open) return false;
  return before.open.some(
    ({ item, content }) => WRITES.has(content.kind) && !after.open.some((open) => open.item === item),
  );
}
