import type { TranscriptTurn } from "#shared/session/transcript.ts";

/**
 * Since when the changes of a turn are counted, in words that follow "3 files". A turn that the host did not outlive has
 * no checkpoint: what it changed is counted with the next one that has.
 */
export function changedSince(turns: readonly Pick<TranscriptTurn, "id" | "changed">[], id: string): string {
  const at = turns.findIndex((turn) => turn.id === id);
  if (at === 0) return "changed in this turn";
  const before = turns.slice(0, at).findLastIndex((turn) => turn.changed !== undefined);
  return before < 0 ? "changed since the session began" : `changed since the end of turn ${before + 1}`;
}
