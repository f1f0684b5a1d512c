/**
 * How a session's terminals stand: tabs, and in a tab one terminal or several, side by side or below each other. Plain
 * values, kept in this browser's storage; which terminals there are only the host knows.
 */
export type Direction = "row" | "column";
export type Split =
  | string
  | {
      readonly direction: Direction;
      readonly parts: readonly Split[];
      /** Of the room, together 1, as a person has moved the borders; even where there are none. */
      readonly shares?: readonly number[] | undefined;
    };

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
  return { ...split, parts: split.parts.map((part) => withBeside(part, terminal, { beside, direction })) };
}

function without(split: Split, gone: (terminal: string) => boolean): Split | null {
  if (typeof split === "string") return gone(split) ? null : split;
  const parts = split.parts.flatMap((part) => without(part, gone) ?? []);
  if (parts.length < 2) return parts[0] ?? null;
  const same = parts.length === split.parts.length;
  return { direction: split.direction, parts, ...(same && { shares: split.shares }) };
}

type Room = Omit<Place, "terminal">;
const WHOLE: Room = { left: 0, top: 0, width: 1, height: 1 };

/** The rooms of a split's parts, one behind the other. */
function roomsIn({ direction, parts, shares }: Exclude<Split, string>, room: Room): readonly Room[] {
  let before = 0;
  return parts.map((_, index) => {
    const share = shares?.[index] ?? 1 / parts.length;
    const start = before;
    before += share;
    return direction === "row"
      ? { ...room, left: room.left + start * room.width, width: share * room.width }
      : { ...room, top: room.top + start * room.height, height: share * room.height };
  });
}

/** Where each terminal of a tab stands. A flat list, so that a terminal that moves is not made anew. */
export function placesIn(split: Split, room: Room = WHOLE): readonly Place[] {
  if (typeof split === "string") return [{ terminal: split, ...room }];
  const rooms = roomsIn(split, room);
  return split.parts.flatMap((part, index) => placesIn(part, rooms[index]));
}

/** Between two parts that stand beside or below each other. */
export interface Border {
  /** Where in the tab it is: indexes of parts, the last that of the part before it. */
  readonly path: readonly number[];
  readonly direction: Direction;
  /** The room of the two parts together. */
  readonly room: Room;
  /** The share that the part before it has of them. */
  readonly value: number;
  /** A terminal on each side. */
  readonly between: readonly [string, string];
}

export function bordersIn(split: Split, room: Room = WHOLE, path: readonly number[] = []): readonly Border[] {
  if (typeof split === "string") return [];
  const rooms = roomsIn(split, room);
  const own = rooms.slice(1).map((after, index): Border => {
    const before = rooms[index] ?? after;
    const [extent, size] =
      split.direction === "row"
        ? [before.width + after.width, before.width]
        : [before.height + after.height, before.height];
    const [one = "", other = ""] = [index, index + 1].map((at) => terminalsIn(split.parts[at] ?? "")[0]);
    return {
      path: [...path, index],
      direction: split.direction,
      room: split.direction === "row" ? { ...before, width: extent } : { ...before, height: extent },
      value: size / extent,
      between: [one, other],
    };
  });
  return [...own, ...split.parts.flatMap((part, index) => bordersIn(part, rooms[index], [...path, index]))];
}

/** Neither of two parts gets less of their room. */
const LEAST = 0.1;

/** With the border at `path` moved, so that the part before it has this share of both. */
export function withBorder(split: Split, [at = 0, ...rest]: readonly number[], value: number): Split {
  const part = typeof split === "string" ? undefined : split.parts[at];
  if (typeof split === "string" || part === undefined) return split;
  if (rest.length > 0) return { ...split, parts: split.parts.with(at, withBorder(part, rest, value)) };
  const shares = split.parts.map((_, index) => split.shares?.[index] ?? 1 / split.parts.length);
  const both = (shares[at] ?? 0) + (shares[at + 1] ?? 0);
  const before = both * Math.min(1 - LEAST, Math.max(LEAST, value));
  return { ...split, shares: shares.with(at, before).with(at + 1, both - before) };
}

/** The same, in the border's tab. */
export function withBorderMoved(
  arrangement: Arrangement,
  { path, between }: Pick<Border, "path" | "between">,
  value: number,
): Arrangement {
  const moved = tabWith(arrangement, between[0]);
  return {
    ...arrangement,
    tabs: arrangement.tabs.map((tab) => (tab === moved ? withBorder(tab, path, value) : tab)),
  };
}
