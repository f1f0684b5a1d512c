import { useEffect } from "react";
import type { KeyboardEvent, RefObject } from "react";

/** What arrows move between, within a list: each carries `data-item`. */
const ITEMS = "[data-item]";

/**
 * A list that is one stop for Tab and is walked by arrows, Home and End. The tab stop is set on the elements themselves,
 * so that moving renders nothing.
 * @param across how many items stand in a row, for up and down in a grid; 1 in a list
 */
export function useRoving(list: RefObject<HTMLElement | null>, across: () => number = () => 1) {
  // After every render: items came and went.
  useEffect(() => {
    const items = itemsOf(list.current);
    if (!items.some((item) => item.tabIndex === 0) && items[0]) items[0].tabIndex = 0;
  });
  return {
    onFocus: (event: { target: EventTarget }): void => {
      const item = event.target instanceof Element ? event.target.closest<HTMLElement>(ITEMS) : null;
      if (!item) return;
      for (const other of itemsOf(list.current)) other.tabIndex = other === item ? 0 : -1;
    },
    /** Whether it was a key of the list. */
    onKeyDown: (event: KeyboardEvent): boolean => {
      const items = itemsOf(list.current);
      const at = items.findIndex((item) => item === document.activeElement);
      if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
      const to = target(event.key, at, items.length, across());
      if (to === null) return false;
      event.preventDefault();
      items[to]?.focus();
      return true;
    },
  };
}

const itemsOf = (list: HTMLElement | null): HTMLElement[] => [
  ...(list?.querySelectorAll<HTMLElement>(ITEMS) ?? []),
];

/** Where this key leads from `at`, or null where it leads nowhere. At the ends it stays. */
export function target(key: string, at: number, count: number, across: number): number | null {
  const inside = (to: number): number => (to < 0 || to >= count ? at : to);
  switch (key) {
    case "ArrowDown":
      return inside(at + across);
    case "ArrowUp":
      return inside(at - across);
    case "ArrowRight":
      return across > 1 ? inside(at + 1) : null;
    case "ArrowLeft":
      return across > 1 ? inside(at - 1) : null;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
