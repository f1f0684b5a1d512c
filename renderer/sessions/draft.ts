/**
 * What was typed into "New sessions" and not started yet. It outlives the dialog and a reload, not the window: a task may
 * hold what nobody else should read.
 */
import { z } from "zod";
import { createStore } from "zustand/vanilla";
import { createJSONStorage, persist } from "zustand/middleware";
import { approvalPolicy, sandboxMode } from "#shared/session/items.ts";
import { parseTasks, withTexts } from "./tasks.ts";
import type { Choice, Task, TaskMode } from "./tasks.ts";

export interface Draft {
  readonly text: string;
  readonly mode: TaskMode;
  readonly tasks: readonly Task[];
  /** What is chosen for all tasks, where it is not the settings'. */
  readonly common: Choice;
}

export const EMPTY_DRAFT: Draft = { text: "", mode: "lines", tasks: [], common: {} };

const choice = z.object({
  model: z.string().optional(),
  approval: approvalPolicy.optional(),
  sandbox: sandboxMode.optional(),
});
const stored = z.object({
  text: z.string(),
  mode: z.enum(["lines", "whole"]),
  tasks: z.array(z.object({ text: z.string(), choice })),
  common: choice,
});

/** The draft after a change of its text or its mode. */
export function withText(draft: Draft, change: Partial<Pick<Draft, "text" | "mode">>): Draft {
  const { text = draft.text, mode = draft.mode } = change;
  return { ...draft, text, mode, tasks: withTexts(draft.tasks, parseTasks(text, mode)) };
}

/** The draft with a choice for one task, or for all where `task` is null. What is `undefined` in it is as for all again. */
export function withChoice(draft: Draft, task: number | null, change: Choice): Draft {
  const merge = (before: Choice): Choice => choice.parse({ ...before, ...change });
  if (task === null) return { ...draft, common: merge(draft.common) };
  const tasks = draft.tasks.map((entry, index) =>
    index === task ? { ...entry, choice: merge(entry.choice) } : entry,
  );
  return { ...draft, tasks };
}

/** The draft after some of its tasks were started: the rest, with what was chosen for all. */
export const afterStart = (draft: Draft): Draft => ({
  ...EMPTY_DRAFT,
  mode: draft.mode,
  common: draft.common,
});

export const draftStore = createStore<Draft>()(
  persist(() => EMPTY_DRAFT, {
    name: "oriel.draft",
    version: 1,
    storage: createJSONStorage(() => sessionStorage),
    // Another version of the page may have written it.
    merge: (kept, current) => stored.safeParse(kept).data ?? current,
  }),
);
