import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";

/** A session's pane that is lower than this has no room for a plan, what happens and the composer. In px. */
const LOW = 480;
/** The same where something else needs the room: what it asks, or code that is read. */
const LOW_BESIDE = 800;

/** Whether the session's region around this element is low. `there`: whether the element is rendered. */
export function useLowPane(
  element: RefObject<HTMLElement | null>,
  { there, beside }: { there: boolean; beside: boolean },
): boolean {
  const [low, setLow] = useState(false);
  useLayoutEffect(() => {
    const pane = element.current?.closest("[data-pane]");
    if (!pane) return;
    const look = (): void => setLow(pane.clientHeight < (beside ? LOW_BESIDE : LOW));
    const observer = new ResizeObserver(look);
    look();
    observer.observe(pane);
    return () => observer.disconnect();
  }, [element, there, beside]);
  return low;
}
