/**
 * WebGL draws a terminal several times as fast as the DOM does, but Chromium takes contexts away from a page that has
 * more than 16, the oldest first and without asking. So a page has few, and a terminal without one is drawn by the DOM.
 */
import { WebglAddon } from "@xterm/addon-webgl";
import type { Terminal } from "@xterm/xterm";

/** Half of Chromium's limit: the other half is for whatever else draws, and for contexts not yet collected. */
export const MAX_CONTEXTS = 8;

export interface WebglPool {
  readonly used: number;
  /**
   * Draws the terminal by WebGL until it is disposed, or null where there is no context for it. Calls back when the
   * context was taken away, and the DOM draws it.
   */
  lease(terminal: Terminal, onLost: () => void): Disposable | null;
}

export const webglPool: WebglPool = createWebglPool(MAX_CONTEXTS, attachWebgl);

/** `attach` gives what ends the drawing, and calls back when the context was taken away. */
export function createWebglPool<Target>(
  max: number,
  attach: (target: Target, onLost: () => void) => Disposable | null,
): { readonly used: number; lease(target: Target, onLost: () => void): Disposable | null } {
  const leases = new Set<object>();
  return {
    get used() {
      return leases.size;
    },
    lease(target, onLost) {
      if (leases.size >= max) return null;
      const lease = {};
      const end = (): boolean => {
        if (!leases.delete(lease)) return false;
        drawing?.[Symbol.dispose]();
        return true;
      };
      const drawing = attach(target, () => end() && onLost());
      if (drawing === null) return null;
      leases.add(lease);
      return { [Symbol.dispose]: end };
    },
  };
}

function attachWebgl(terminal: Terminal, onLost: () => void): Disposable | null {
  const addon = new WebglAddon();
  try {
    terminal.loadAddon(addon);
  } catch {
    // No WebGL here, for whatever reason of the browser's: xterm goes on with the DOM.
    addon.dispose();
    return null;
  }
  const contexts = contextsIn(terminal);
  // The addon would wait seconds for the context to come back, with an empty screen. When the addon goes, xterm draws
  // its buffer by the DOM at once: nothing on the screen is lost.
  for (const { canvas } of contexts) canvas.addEventListener("webglcontextlost", onLost);
  return {
    [Symbol.dispose]: () => {
      addon.dispose();
      // A canvas that is merely dropped keeps its context until it is collected.
      for (const context of contexts) context.getExtension("WEBGL_lose_context")?.loseContext();
    },
  };
}

function contextsIn(terminal: Terminal): WebGL2RenderingContext[] {
  const canvases = [...(terminal.element?.querySelectorAll("canvas") ?? [])];
  // A canvas that is drawn on in another way has none: null.
  return canvases.flatMap((canvas) => canvas.getContext("webgl2") ?? []);
}
