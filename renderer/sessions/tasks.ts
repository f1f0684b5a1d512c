/** What a person typed, as tasks, and what each is to be worked on with. */
import { MAX_MESSAGE } from "#shared/session/contract.ts";
import type { NewSession } from "#shared/session/contract.ts";
import type { Settings } from "#shared/settings/settings.ts";

/** `lines`: one task a line. `whole`: all of it is one task. */
export type TaskMode = "lines" | "whole";

/** What may differ from task to task; what is not named is as for all. */
export type Choice = Partial<Pick<NewSession, "model" | "approval" | "sandbox">>;

export interface Task {
  readonly text: string;
  readonly choice: Choice;
}

/** At most this many sessions in one go: what the host takes. */
export const MAX_TASKS = 64;

/** A bullet, a number or a box at the beginning of a line: lists are pasted as they are. */
const LIST_MARK = /^(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/;

/**
 * The tasks in a text. With `lines`, a line that is indented goes on with the task above it, so that a task can have
 * several lines; empty lines say nothing.
 */
export function parseTasks(text: string, mode: TaskMode): string[] {
  if (mode === "whole") return text.trim() === "" ? [] : [text.trim()];
  const tasks: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    const last = tasks.at(-1);
    if (line.trim() === "") continue;
    if (/^\s/.test(line) && last) last.push(line.trimEnd());
    else tasks.push([line.trim().replace(LIST_MARK, "")]);
  }
  return tasks.map((lines) => lines.join("\n").trim()).filter((task) => task !== "");
}

/**
 * The tasks after the text was edited. What a person chose for a task stays with it: tasks at both ends that are the
 * same keep theirs, and of those between them the first keeps what the first had.
 */
export function withTexts(before: readonly Task[], texts: readonly string[]): Task[] {
  const shorter = Math.min(before.length, texts.length);
  let head = 0;
  while (head < shorter && before[head]?.text === texts[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail)?.text === texts.at(-1 - tail)) tail += 1;
  return texts.map((text, index) => {
    const fromEnd = texts.length - index;
    const inTail = fromEnd <= tail;
    const old = inTail ? before[before.length - fromEnd] : before[index];
    const known = inTail || index < before.length - tail;
    return { text, choice: known ? (old?.choice ?? {}) : {} };
  });
}

/** What keeps these from being started, in a sentence; null where nothing does. */
export function refusalOf(tasks: readonly Pick<Task, "text">[]): string | null {
  if (tasks.length === 0) return "Write at least one task.";
  if (tasks.length > MAX_TASKS) {
    return `These are ${tasks.length} tasks, and ${MAX_TASKS} can be started in one go. Leave some for later, or write one task over several lines.`;
  }
  const long = tasks.findIndex(({ text }) => text.length > MAX_MESSAGE);
  return long === -1
    ? null
    : `Task ${long + 1} is longer than a million characters. Put the material into a file and name it.`;
}

/** What the host is asked for: a task's own choice, else the one for all, else the settings'. */
export function sessionsOf(tasks: readonly Task[], common: Choice, settings: Settings): NewSession[] {
  return tasks.map(({ text, choice }) => {
    const model = choice.model ?? common.model ?? settings.model ?? undefined;
    return {
      task: text,
      agent: "oriel",
      ...(model !== undefined && { model }),
      approval: choice.approval ?? common.approval ?? settings.approval,
      sandbox: choice.sandbox ?? common.sandbox ?? settings.sandbox,
    };
  });
}
