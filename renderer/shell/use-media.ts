import { useSyncExternalStore } from "react";
import { NARROW } from "./actions.ts";

/** Whether the window is as this media query says, now and whenever that changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => matchMedia(query).matches,
  );
}

/** Whether the list and the panes take turns, as on a phone. */
export const useNarrow = (): boolean => useMedia(NARROW);
