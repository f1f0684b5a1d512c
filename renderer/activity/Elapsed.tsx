import { duration } from "#shared/kernel/human.ts";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import { awaitsAnswer, durationOf } from "./item-words.ts";
import { useNow } from "./use-now.ts";

/** How long something has been going on, by the second. No live region: nobody wants each second read out. */
export function Elapsed({ since }: { since: number }) {
  const now = useNow(true);
  return <span>{duration(Math.max(1, Math.floor((now - since) / 1000)) * 1000)}</span>;
}

/** How long an item took, or has taken so far. */
export function Took({ item }: { item: TranscriptItem }) {
  if (awaitsAnswer(item)) return null;
  const took = durationOf(item);
  return took === null ? <Elapsed since={item.startedAt} /> : <span>{duration(took)}</span>;
}
