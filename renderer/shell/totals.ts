import type { SessionSummary } from "#shared/session/summary.ts";

export interface Totals {
  readonly running: number;
  readonly waiting: number;
  readonly needsYou: number;
  readonly ready: number;
  /** US dollars; null where no price is known. */
  readonly cost: number | null;
  /** Whether some of the tokens have no known price, so that the cost is only a part. */
  readonly costPartial: boolean;
  readonly tokens: number;
}

/** What goes on, and what all of it took: what an archived session has spent stays spent. */
export function totalsOf(sessions: Readonly<Record<string, SessionSummary>>): Totals {
  let [running, waiting, needsYou, ready, tokens] = [0, 0, 0, 0, 0];
  let cost: number | null = null;
  let costPartial = false;
  for (const { state, usage } of Object.values(sessions)) {
    if (state === "running") running += 1;
    if (state === "queued" || state === "preparing") waiting += 1;
    if (state === "needs_you") needsYou += 1;
    if (state === "ready") ready += 1;
    const used = usage.input + usage.output;
    tokens += used;
    if (usage.cost !== null) cost = (cost ?? 0) + usage.cost;
    else if (used > 0) costPartial = true;
  }
  return { running, waiting, needsYou, ready, cost, costPartial, tokens };
}

/** `3 running · 1 needs you`: what is going on, without what is not. */
export function totalsWords({ running, waiting, needsYou, ready }: Totals): string {
  const parts = [
    running > 0 && `${running} running`,
    waiting > 0 && `${waiting} to start`,
    needsYou > 0 && `${needsYou} ${needsYou === 1 ? "needs" : "need"} you`,
    ready > 0 && `${ready} ready`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : "Nothing is running";
}
