import { useLayoutEffect, useState } from "react";
import type { RefObject } from "react";

/** How wide an element is, in px. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const own = element.current;
    if (!own) return;
    const look = (): void => setWidth(own.clientWidth);
    const observer = new ResizeObserver(look);
    look();
    observer.observe(own);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
