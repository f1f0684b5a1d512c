import { useStore } from "zustand";
import { persist } from "zustand/middleware";
import { createStore } from "zustand/vanilla";
import type { PlanChoice } from "./plan-view.ts";

/** Which plans the person folded, by session; kept in this browser. */
const choices = createStore<Readonly<Record<string, PlanChoice>>>()(
  persist(() => ({}), { name: "oriel.plans", version: 1 }),
);

const NONE: PlanChoice = {};

export function usePlanChoice(session: string): [PlanChoice, (choice: PlanChoice) => void] {
  const choice = useStore(choices, (state) => state[session] ?? NONE);
  return [choice, (next) => choices.setState({ [session]: next })];
}
