/** How this browser shows diffs: kept in its storage. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { persist } from "zustand/middleware";

export type DiffStyle = "unified" | "split";

const store = createStore<{ readonly style: DiffStyle }>()(
  persist((): { readonly style: DiffStyle } => ({ style: "unified" }), { name: "oriel.diff", version: 1 }),
);

export const useDiffStyle = (): DiffStyle => useStore(store, (state) => state.style);

export function setDiffStyle(style: DiffStyle): void {
  store.setState({ style });
}
