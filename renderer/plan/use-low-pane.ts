import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";

/** A session's pane that is lower than this has no room for a plan, what happens and the composer. In px. */
const LOW = 480;

/** Whether the session's region around this element is low. `there`: whether the element is rendered. */
export function useLowPane(element: RefObject<HTMLElement | null>, there: boolean): boolean {
  const [low, setLow] = useState(false);
  useLayoutEffect(() => {
    const pane = element.current?.closest("[data-pane]");
    if (!pane) return;
    const observer = new ResizeObserver(() => setLow(pane.clientHeight < LOW));
    setLow(pane.clientHeight < LOW);
    observer.observe(pane);
    return () => observer.disconnect();
  }, [element, there]);
  return low;
}
