/** Where the window was, so that it comes back there; and where it goes when that place is gone. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";

const rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
});
/** In the system's own points, from the top left of the first display. */
export type Rectangle = z.infer<typeof rectangle>;

const windowState = z.object({ bounds: rectangle, maximized: z.boolean() });
export type WindowState = z.infer<typeof windowState>;

export interface Placement {
  /** Without `x` and `y`, the system places it in the middle. */
  readonly bounds: Pick<Rectangle, "width" | "height"> & Partial<Pick<Rectangle, "x" | "y">>;
  readonly maximized: boolean;
}

/** What the narrow layout needs. */
export const MIN_SIZE = { width: 400, height: 480 };
const FIRST_SIZE = { width: 1440, height: 900 };
/** So much of the title bar must be on a display that it can be taken hold of. */
const GRIP = { width: 120, height: 32 };

/** Where the window opens: as it was, no larger than the display that it is on; in the middle where its display is gone. */
export function placeWindow(saved: WindowState | null, workAreas: readonly Rectangle[]): Placement {
  const [first] = workAreas;
  if (saved === null) return { bounds: first ? within(FIRST_SIZE, first) : FIRST_SIZE, maximized: false };
  const area = workAreas.find((candidate) => holdsGrip(candidate, saved.bounds));
  if (area)
    return {
      bounds: { x: saved.bounds.x, y: saved.bounds.y, ...within(saved.bounds, area) },
      maximized: saved.maximized,
    };
  return { bounds: first ? within(saved.bounds, first) : FIRST_SIZE, maximized: saved.maximized };
}

const within = (
  size: { width: number; height: number },
  area: Rectangle,
): { width: number; height: number } => ({
  width: Math.max(MIN_SIZE.width, Math.min(size.width, area.width)),
  height: Math.max(MIN_SIZE.height, Math.min(size.height, area.height)),
});

function holdsGrip(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const shown = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  return shown >= GRIP.width && y >= area.y && y + GRIP.height <= area.y + area.height;
}

/** The state that was kept, or null where there is none that makes sense. */
export function readWindowState(file: string): WindowState | null {
  try {
    return windowState.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? null;
  } catch {
    return null;
  }
}

/** Keeps it. A window that can't remember its place is no reason to bother a person. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}
