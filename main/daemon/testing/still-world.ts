/** What a terminal has around it, but that its screens parse nothing. */
import type { Screens } from "../screens.ts";
import type { TerminalWorld } from "../terminal.ts";

/** `folder`: where terminals would be saved. `unparsed`: how much waits for the parser, whatever comes. In bytes. */
export function stillWorld(folder: string, unparsed = 0): TerminalWorld {
  const screens: Screens = {
    open: () => ({
      unparsed,
      write() {},
      resize() {},
      clear() {},
      snapshot: () => Promise.reject(new Error("nothing is parsed")),
      save: () => Promise.resolve(null),
      [Symbol.dispose]() {},
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return { screens, folder, log() {}, markers: {}, shellFiles: null };
}
