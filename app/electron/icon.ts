/** A bay window with three panes, drawn as pixels: the tray needs no file of its own. */
import { nativeImage } from "electron";
import type { NativeImage } from "electron";

/** Points of the system's own coordinates: tray icons are this large at most. */
const SIZE = 22;

/**
 * The pixels, 4 bytes each (blue, green, red, opacity). `mark` adds a dot in the corner: somebody waits.
 * @param size of a side, in pixels
 */
export function iconPixels(size: number, mark: boolean): Buffer {
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const colour =
        mark && inDot(x / size, y / size)
          ? [0x4b, 0xb8, 0xf2, 255]
          : inPanes(x / size, y / size)
            ? [0xff, 0xb0, 0x7a, 255]
            : null;
      if (colour) pixels.set(colour, (y * size + x) * 4);
    }
  }
  return pixels;
}

const inDot = (x: number, y: number): boolean => Math.hypot(x - 0.8, y - 0.2) < 0.2;

/** Three panes side by side: the middle one is broader, those beside it recede. */
function inPanes(x: number, y: number): boolean {
  if (x > 0.32 && x < 0.68) return y > 0.12 && y < 0.88;
  const fromMiddle = Math.abs(x - 0.5);
  const recede = (fromMiddle - 0.18) * 0.5;
  return fromMiddle > 0.24 && fromMiddle < 0.46 && y > 0.12 + recede && y < 0.88 - recede;
}

export const trayIcon = (mark: boolean): NativeImage =>
  nativeImage.createFromBitmap(iconPixels(SIZE * 2, mark), {
    width: SIZE * 2,
    height: SIZE * 2,
    scaleFactor: 2,
  });
