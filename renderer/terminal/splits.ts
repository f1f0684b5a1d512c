/**
 * How a session's terminals stand: tabs, and in a tab one terminal or several, side by side or below each other. Plain
 * values, kept in this browser's storage; which terminals there are only the host knows.
 */
export type Direction = "row" | "column";
export type Split = string | { readonly direction: Direction; readonly parts: readonly Split[] };

export interface Arrangement {
  readonly tabs: readonly Split[];
  /** Terminals that had the keys, the latest last. */
  readonly used: readonly string[];
}

export const EMPTY: Arrangement = { tabs: [], used: [] };

/** Where a terminal stands in its tab, as parts of its width and height. */
export interface Place {
  readonly terminal: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const terminalsIn = (split: Split): readonly string[] =>
  typeof split === "string" ? [split] : split.parts.flatMap(terminalsIn);

/** The terminal that has the keys, or had them last; null without any. */
export const activeOf = ({ tabs, used }: Arrangement): string | null =>
  used.at(-1) ?? tabs.flatMap(terminalsIn)[0] ?? null;

/** Of a tab's terminals the one that was used last. */
export function latestIn(split: Split, { used }: Arrangement): string {
  const terminals = terminalsIn(split);
  return used.findLast((terminal) => terminals.includes(terminal)) ?? terminals[0] ?? "";
}

export const tabWith = ({ tabs }: Arrangement, terminal: string | null): Split | null =>
  tabs.find((tab) => terminalsIn(tab).some((one) => one === terminal)) ?? null;

export function withUsed({ tabs, used }: Arrangement, terminal: string): Arrangement {
  return { tabs, used: [...used.filter((one) => one !== terminal), terminal] };
}

/** The terminals that there are and no others: what is new gets a tab of its own. */
export function withListed({ tabs, used }: Arrangement, listed: readonly string[]): Arrangement {
  const kept = tabs.flatMap((tab) => without(tab, (terminal) => !listed.includes(terminal)) ?? []);
  const known = kept.flatMap(terminalsIn);
  return {
    tabs: [...kept, ...listed.filter((terminal) => !known.includes(terminal))],
    used: used.filter((terminal) => listed.includes(terminal)),
  };
}

/** With a new terminal that has the keys: in a tab of its own, or beside or below another. */
export function withOpened(
  arrangement: Arrangement,
  terminal: string,
  at: { readonly beside: string; readonly direction: Direction } | null,
): Arrangement {
  const { tabs } = arrangement;
  const there = at !== null && tabWith(arrangement, at.beside) !== null;
  const grown = there ? tabs.map((tab) => withBeside(tab, terminal, at)) : [...tabs, terminal];
  return withUsed({ ...arrangement, tabs: grown }, terminal);
}

export function withClosed(arrangement: Arrangement, terminal: string): Arrangement {
  const left = arrangement.tabs.flatMap(terminalsIn).filter((one) => one !== terminal);
  return withListed(arrangement, left);
}

function withBeside(
  split: Split,
  terminal: string,
  { beside, direction }: { readonly beside: string; readonly direction: Direction },
): Split {
  if (split === beside) return { direction, parts: [split, terminal] };
  if (typeof split === "string") return split;
  const at = split.parts.indexOf(beside);
  // One more in the same row, rather than a row in a row: so all of it stay even.
  if (split.direction === direction && at >= 0)
    return { direction, parts: split.parts.toSpliced(at + 1, 0, terminal) };
  return {
    ...split,
    parts: split.parts.map((part) => withBeside(part, terminal, { beside, direction })),
  };
}

function without(split: Split, gone: (terminal: string) => boolean): Split | null {
  if (typeof split === "string") return gone(split) ? null : split;
  const parts = split.parts.flatMap((part) => without(part, gone) ?? []);
  if (parts.length < 2) return parts[0] ?? null;
  return { ...split, parts };
}

const WHOLE = { left: 0, top: 0, width: 1, height: 1 };

/** Where each terminal of a tab stands. A flat list, so that a terminal that moves is not made anew. */
export function placesIn(split: Split, room: Omit<Place, "terminal"> = WHOLE): readonly Place[] {
  if (typeof split === "string") return [{ terminal: split, ...room }];
  const share = 1 / split.parts.length;
  return split.parts.flatMap((part, index) => {
    const { left, top, width, height } = room;
    return split.direction === "row"
      ? placesIn(part, { ...room, left: left + index * share * width, width: share * width })
      : placesIn(part, { ...room, top: top + index * share * height, height: share * height });
  });
}
