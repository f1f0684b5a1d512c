import { duration } from "#shared/kernel/human.ts";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import { awaitsAnswer, durationOf } from "./item-words.ts";
import { useNow } from "./use-now.ts";

/** How long something has been going on, by the second. No live region: nobody wants each second read out. */
export function Elapsed({ since }: { since: number }) {
  const now = useNow(true);
  return <span>{duration(Math.max(1, Math.floor((now - since) / 1000)) * 1000)}</span>;
}

/** Less than this is no time at all to a person, in ms. */
const NOTHING_MS = 50;

/** How long an item took, or has taken so far; always of a command, of others where it is worth a word. */
export function Took({ item }: { item: TranscriptItem }) {
  if (awaitsAnswer(item)) return null;
  const took = durationOf(item);
  if (took === null) return <Elapsed since={item.startedAt} />;
  if (took >= NOTHING_MS) return <span>{duration(took)}</span>;
  return item.content.kind === "command" ? <span>&lt; 0.1 s</span> : null;
}
