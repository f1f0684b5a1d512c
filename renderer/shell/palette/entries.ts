/** What the palette shows for what was typed: a path that exists first, then sessions, then commands. */
import type { SessionSummary } from "#shared/session/summary.ts";

/** With this in front only commands are meant. */
export const COMMAND_MARK = ">";

/** The most sessions in the list; typing narrows it down. */
const MOST = 50;

/** Whether it may be a folder's path: absolute, or from the person's home. */
export const looksLikePath = (query: string): boolean => /^(\/|~|[A-Za-z]:[\\/])/.test(query.trim());

/**
 * How well `text` fits what was typed, or null where it does not: every word has to be in it. Beginnings count more than
 * middles, and words in their order more than out of it.
 */
export function fit(query: string, text: string): number | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hay = text.toLowerCase();
  let score = 0;
  let after = 0;
  for (const word of words) {
    const at = hay.indexOf(word);
    if (at < 0) return null;
    const begins = at === 0 || /[^\p{L}\p{N}]/u.test(hay[at - 1] ?? "");
    score += (at === 0 ? 4 : begins ? 3 : 1) + (at >= after ? 1 : 0);
    after = at;
  }
  return score;
}

/** Those that fit, the best first; equals keep their order. */
export function fitting<Entry>(
  query: string,
  entries: readonly Entry[],
  textOf: (entry: Entry) => string,
): readonly Entry[] {
  if (query.trim() === "") return entries;
  return entries
    .map((entry) => ({ entry, score: fit(query, textOf(entry)) }))
    .filter((scored): scored is { entry: Entry; score: number } => scored.score !== null)
    .toSorted((one, other) => other.score - one.score)
    .map(({ entry }) => entry);
}

export interface PaletteLists<Command> {
  readonly sessions: readonly SessionSummary[];
  readonly commands: readonly Command[];
}

/** Sessions in the order of attention, then commands; after `>` commands only. */
export function paletteLists<Command extends { readonly title: string }>(
  query: string,
  sessions: readonly SessionSummary[],
  commands: readonly Command[],
): PaletteLists<Command> {
  if (query.startsWith(COMMAND_MARK)) {
    return {
      sessions: [],
      commands: fitting(query.slice(COMMAND_MARK.length), commands, ({ title }) => title),
    };
  }
  const text = ({ title, branch, id, task }: SessionSummary): string => `${title} ${branch} ${id} ${task}`;
  return {
    sessions: fitting(query, sessions, text).slice(0, MOST),
    commands: query.trim() === "" ? [] : fitting(query, commands, ({ title }) => title),
  };
}
