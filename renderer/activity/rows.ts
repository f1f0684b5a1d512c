import type { PlanStep } from "#shared/session/items.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import type { Transcript, TranscriptTurn } from "#shared/session/transcript.ts";

/**
 * One line of the list: where a later turn begins, an item, steps of the plan that were done, or how a turn ended (or that
 * it goes on), and that all of it is merged. The plan itself is docked below, so that of its updates only what was done is a
 * line.
 */
export type Row =
  | { readonly key: string; readonly kind: "turn"; readonly turn: string; readonly number: number }
  | { readonly key: string; readonly kind: "item"; readonly turn: string; readonly item: string }
  | {
      readonly key: string;
      readonly kind: "steps";
      /** In the words of the plan. */
      readonly steps: readonly string[];
      readonly done: number;
      readonly all: number;
    }
  | { readonly key: string; readonly kind: "end"; readonly turn: string }
  | { readonly key: string; readonly kind: "merged"; readonly merged: Merged };

type Merged = NonNullable<SessionSummary["merged"]>;

/** A turn's rows, as long as it is the same turn: an event of the last turn leaves all others as they are. */
const known = new WeakMap<TranscriptTurn, { number: number; rows: readonly Row[] }>();

/** The rows of a transcript, from the top. Rows of turns that did not change are the same objects. */
export function rowsOf({ turns, items }: Transcript, merged: Merged | null = null): readonly Row[] {
  const rows = turns.flatMap((turn, index) =>
    rowsOfTurn(turn, index + 1, items, turns[index - 1]?.plan ?? []),
  );
  return merged === null ? rows : [...rows, { key: "merged", kind: "merged", merged }];
}

function rowsOfTurn(
  turn: TranscriptTurn,
  number: number,
  items: Transcript["items"],
  planBefore: readonly PlanStep[],
): readonly Row[] {
  const before = known.get(turn);
  if (before?.number === number) return before.rows;
  const rows: Row[] = [];
  if (number > 1) rows.push({ key: `${turn.id}/start`, kind: "turn", turn: turn.id, number });
  let plan = planBefore;
  for (const item of turn.items) {
    const content = items[item]?.content;
    if (content?.kind !== "plan") {
      rows.push({ key: item, kind: "item", turn: turn.id, item });
      continue;
    }
    const steps = newlyDone(plan, content.steps);
    plan = content.steps;
    const done = plan.filter(isDone).length;
    if (steps.length > 0) rows.push({ key: item, kind: "steps", steps, done, all: plan.length });
  }
  rows.push({ key: `${turn.id}/end`, kind: "end", turn: turn.id });
  known.set(turn, { number, rows });
  return rows;
}

const isDone = ({ status }: PlanStep): boolean => status === "completed";

/** What is done after an update and was not before, by its words: steps come, go and move. */
function newlyDone(before: readonly PlanStep[], after: readonly PlanStep[]): readonly string[] {
  const old = new Set(before.filter(isDone).map(({ text }) => text));
  return after.filter((step) => isDone(step) && !old.has(step.text)).map(({ text }) => text);
}
