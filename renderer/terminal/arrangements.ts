/** How each session's terminals stand: kept in this browser's storage, no fact of a session. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { persist } from "zustand/middleware";
import { EMPTY } from "./splits.ts";
import type { Arrangement } from "./splits.ts";

const store = createStore<Readonly<Record<string, Arrangement>>>()(
  persist((): Readonly<Record<string, Arrangement>> => ({}), { name: "oriel.terminal-splits", version: 1 }),
);

export const useArrangement = (session: string): Arrangement =>
  useStore(store, (all) => all[session] ?? EMPTY);

/** Nothing is kept of a session that has no terminals. */
export function arrange(session: string, by: (now: Arrangement) => Arrangement): void {
  const { [session]: now = EMPTY, ...others } = store.getState();
  const next = by(now);
  store.setState(next.tabs.length === 0 ? others : { ...others, [session]: next }, true);
}
