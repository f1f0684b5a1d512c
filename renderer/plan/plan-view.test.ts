import { expect, test } from "vitest";
import type { PlanStep } from "#shared/session/items.ts";
import { countPlan, planOpen, withChoice } from "./plan-view.ts";

const steps = (...statuses: PlanStep["status"][]): PlanStep[] =>
  statuses.map((status) => ({ text: status, status }));

test("counts, and finds the current step", () => {
  expect(countPlan(steps("completed", "in_progress", "pending"))).toEqual({ done: 1, all: 3, current: 1 });
  expect(countPlan(steps("completed", "pending"))).toEqual({ done: 1, all: 2, current: 1 });
  expect(countPlan(steps("completed"))).toEqual({ done: 1, all: 1, current: null });
  expect(countPlan([])).toEqual({ done: 0, all: 0, current: null });
});

test("open while a turn runs, closed when it has ended", () => {
  const running = { id: "t1", running: true };
  const ended = { id: "t1", running: false };
  expect([planOpen({}, null), planOpen({}, running), planOpen({}, ended)]).toEqual([true, true, false]);
  expect([planOpen({}, running, true), planOpen({ running: true }, running, true)]).toEqual([false, true]);
});

test("what the person chose holds for running turns, and for the one end where it was chosen", () => {
  const running = { id: "t1", running: true };
  const ended = { id: "t1", running: false };
  const folded = withChoice({}, running, false);
  const both = withChoice(folded, ended, true);
  expect(both).toEqual({ running: false, ended: { turn: "t1", open: true } });
  expect(planOpen(both, running)).toBe(false);
  expect(planOpen(both, ended)).toBe(true);
  expect(planOpen(both, { id: "t2", running: true })).toBe(false);
  expect(planOpen(both, { id: "t2", running: false })).toBe(false);
});
