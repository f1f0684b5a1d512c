/**
 * A storm of queries must not become a storm of input. Programs ask a few things when they start and at each prompt;
 * a file of queries that somebody prints asks a million times.
 */
const BURST = 32;
const PER_SECOND = 16;

/** Returns whether one more answer may be given now. `now`: milliseconds, rising. */
export function createAnswerLimit(now: () => number): () => boolean {
  let left = BURST;
  let last = now();
  return () => {
    const at = now();
    left = Math.min(BURST, left + ((at - last) / 1000) * PER_SECOND);
    last = at;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
