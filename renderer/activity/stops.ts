import type { Transcript } from "#shared/session/transcript.ts";
import type { Row } from "./rows.ts";

/** What one looks for in a long transcript: what the person said, and the last thing that the agent said in each turn. */
export interface Stop {
  /** Of its row. */
  readonly index: number;
  readonly by: "person" | "agent";
}

export function stopsOf(rows: readonly Row[], items: Transcript["items"]): readonly Stop[] {
  const stops: Stop[] = [];
  let answer: Stop | null = null;
  for (const [index, row] of rows.entries()) {
    if (row.kind === "end") {
      if (answer) stops.push(answer);
      answer = null;
    }
    const content = row.kind === "item" ? items[row.item]?.content : undefined;
    if (content?.kind !== "message") continue;
    if (content.role === "agent") answer = { index, by: "agent" };
    else stops.push({ index, by: "person" });
  }
  return stops.toSorted((a, b) => a.index - b.index);
}

/** The stop before or after `top`, where the view begins; null where there is none. `startOf` a row, in the same unit. */
export function nextStop(
  stops: readonly Stop[],
  direction: "up" | "down",
  top: number,
  startOf: (index: number) => number,
): Stop | null {
  const found =
    direction === "up"
      ? stops.findLast(({ index }) => startOf(index) < top - 1)
      : stops.find(({ index }) => startOf(index) > top + 1);
  return found ?? null;
}
