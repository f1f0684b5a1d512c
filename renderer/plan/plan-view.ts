import type { PlanStep } from "#shared/session/items.ts";

export interface PlanCount {
  readonly done: number;
  readonly all: number;
  /** The step that is under way, or else the next one; null where all are done. */
  readonly current: number | null;
}

export function countPlan(steps: readonly PlanStep[]): PlanCount {
  const done = steps.filter((step) => step.status === "completed").length;
  const running = steps.findIndex((step) => step.status === "in_progress");
  const next = running >= 0 ? running : steps.findIndex((step) => step.status === "pending");
  return { done, all: steps.length, current: next < 0 ? null : next };
}

/** What the person chose: while turns run, for all of them; at a turn's end, for that turn alone. */
export interface PlanChoice {
  readonly running?: boolean;
  readonly ended?: { readonly turn: string; readonly open: boolean };
}

/**
 * Open while a turn runs, closed when it has ended, unless the person said otherwise. Where its line says enough (`short`:
 * all is done, or a low pane has no room for more) it is closed too.
 */
export function planOpen(
  choice: PlanChoice,
  turn: { id: string; running: boolean } | null,
  short = false,
): boolean {
  if (turn === null || turn.running) return choice.running ?? !short;
  return choice.ended?.turn === turn.id && choice.ended.open;
}

export function withChoice(
  choice: PlanChoice,
  turn: { id: string; running: boolean } | null,
  open: boolean,
): PlanChoice {
  if (turn === null || turn.running) return { ...choice, running: open };
  return { ...choice, ended: { turn: turn.id, open } };
}
