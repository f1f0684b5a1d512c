/** How panes share the window: an even grid, then rows, then scrolling. Lengths in CSS pixels. */

/** Below this a pane can't be read. */
export const PANE_MIN_WIDTH = 360;
export const PANE_MIN_HEIGHT = 320;

/** In how many columns so many panes stand: as few rows as the width allows, and those as even as they can be. */
export function columnsOf(panes: number, width: number): number {
  const fitting = Math.max(1, Math.floor(width / PANE_MIN_WIDTH));
  return Math.max(1, Math.ceil(panes / Math.ceil(panes / fitting)) || 1);
}

/**
 * The width of each column by its weight, none below the least width where there is room for all of them. They
 * add up to `width`.
 */
export function shares(weights: readonly number[], width: number, least = PANE_MIN_WIDTH): readonly number[] {
  if (least * weights.length >= width) return weights.map(() => width / weights.length);
  const fixed = new Set<number>();
  for (;;) {
    const room = width - fixed.size * least;
    const sum = weights.reduce((total, weight, at) => (fixed.has(at) ? total : total + weight), 0);
    const widths = weights.map((weight, at) => (fixed.has(at) ? least : (room * weight) / sum));
    const narrow = widths.findIndex((wide, at) => !fixed.has(at) && wide < least);
    if (narrow < 0) return widths;
    fixed.add(narrow);
  }
}

/**
 * Widths after the separator behind column `at` was moved `by` pixels: its two neighbours give and take, down to the
 * least.
 */
export function moved(
  widths: readonly number[],
  at: number,
  by: number,
  least = PANE_MIN_WIDTH,
): readonly number[] {
  const [left, right] = [widths[at], widths[at + 1]];
  if (left === undefined || right === undefined) return widths;
  const can = Math.max(Math.min(least - left, 0), Math.min(by, Math.max(0, right - least)));
  return widths.map((wide, index) => (index === at ? wide + can : index === at + 1 ? wide - can : wide));
}
