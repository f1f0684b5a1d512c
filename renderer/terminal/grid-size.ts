/**
 * Whose choice a terminal's size is. Pages of several sizes may show one terminal: it has the size of the page that
 * somebody came to or typed in last, and the others show it as it is.
 */
import { MAX_GRID, MIN_GRID } from "#shared/terminal/protocol.ts";

export interface Grid {
  readonly cols: number;
  readonly rows: number;
}

export interface GridSize {
  /** Whether this page chooses: its grid is to fit here. At first it is. */
  readonly isOurs: boolean;
  /** Somebody is here. */
  claim(): void;
  /** It has this size here now. True where the host is to be told. */
  fitted(grid: Grid): boolean;
  /** The host says that it has this size. */
  told(grid: Grid): void;
  /** A screen came, of this size. */
  screen(grid: Grid): void;
  /** The connection was lost: until the next screen others may choose, and this page is not told. */
  lost(): void;
}

export function trackGridSize(): GridSize {
  let isOurs = true;
  /** What the host has, unless what it was told last is lost. */
  let known: Grid | null = null;
  /** What it said last. */
  let said: Grid | null = null;
  let isLost = false;
  const say = (grid: Grid): void => void (known = said = grid);
  return {
    get isOurs() {
      return isOurs;
    },
    claim: () => void (isOurs = true),
    fitted(grid) {
      if (isSame(grid, known)) return false;
      known = grid;
      return true;
    },
    told(grid) {
      isOurs &&= isSame(grid, known);
      say(grid);
    },
    screen(grid) {
      if (isLost && said !== null) isOurs &&= isSame(grid, known) || isSame(grid, said);
      isLost = false;
      say(grid);
    },
    lost: () => void (isLost = true),
  };
}

const isSame = (one: Grid, other: Grid | null): boolean =>
  one.cols === other?.cols && one.rows === other.rows;

/**
 * The grid for a container with that much room, as the host takes it: of a smaller container it sticks out. Null where
 * the container is not laid out, for which xterm has NaN.
 */
export function gridFor(room: Grid | undefined): Grid | null {
  if (!room || Number.isNaN(room.cols + room.rows)) return null;
  return { cols: withinBounds(room.cols), rows: withinBounds(room.rows) };
}

const withinBounds = (count: number): number => Math.min(MAX_GRID, Math.max(MIN_GRID, count));
