import { useEffect, useRef } from "react";
import type { RefObject } from "react";

/**
 * Alt+↑ and Alt+↓ in the whole pane around `element`, while it is seen: also from an empty composer, where a person who
 * comes back has the focus.
 */
export function useJumpKeys(
  element: RefObject<HTMLElement | null>,
  jump: (direction: "up" | "down") => void,
): void {
  const latest = useRef(jump);
  useEffect(() => void (latest.current = jump));
  useEffect(() => {
    const own = element.current;
    const pane = own?.closest<HTMLElement>("[data-pane]");
    if (!own || !pane) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { altKey, ctrlKey, metaKey, shiftKey, target } = event;
      const direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
      if (direction !== "up" && direction !== "down") return;
      if (!altKey || ctrlKey || metaKey || shiftKey || event.defaultPrevented) return;
      const typing = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
      // Hidden behind another tab it has no box.
      if ((typing && target.value !== "") || own.clientHeight === 0) return;
      event.preventDefault();
      latest.current(direction);
    };
    pane.addEventListener("keydown", onKeyDown);
    return () => pane.removeEventListener("keydown", onKeyDown);
  }, [element]);
}
