/** Which rows the person has opened or closed: by item, since a row that is scrolled away is not there any more. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const folds = createStore<Readonly<Record<string, boolean>>>(() => ({}));

/** Whether `key` is open (null: the person has not said), and how that is changed. */
export function useFold(key: string): [boolean | null, (open: boolean) => void] {
  const open = useStore(folds, (state) => state[key] ?? null);
  return [open, (next) => folds.setState({ [key]: next })];
}
