/** How this browser shows terminals: kept in its storage, no fact of a session. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { persist } from "zustand/middleware";

export interface TerminalPreferences {
  /** Pixels. */
  readonly fontSize: number;
  /** Whether the screen's text is also given to a screen reader: slower. */
  readonly screenReader: boolean;
}

export const MIN_FONT_SIZE = 9;
export const MAX_FONT_SIZE = 24;
const FIRST: TerminalPreferences = { fontSize: 12, screenReader: false };

const store = createStore<TerminalPreferences>()(
  persist((): TerminalPreferences => FIRST, { name: "oriel.terminal", version: 1 }),
);

export const useTerminalPreferences = (): TerminalPreferences => useStore(store);

export function changeFontSize(by: number): void {
  store.setState(({ fontSize }) => ({
    fontSize: Math.min(MAX_FONT_SIZE, Math.max(MIN_FONT_SIZE, fontSize + by)),
  }));
}

export function setScreenReader(screenReader: boolean): void {
  store.setState({ screenReader });
}
