import { useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent, RefObject, WheelEvent } from "react";

/** This close to the end is at the end, in px. */
const AT_END = 32;

const UP_KEYS: ReadonlySet<string> = new Set(["ArrowUp", "PageUp", "Home"]);

/**
 * Keeps a scroller at its end while it is there: when its content grows, when it gets lower, and when a hidden one is
 * shown (`height` and `content` in px, as the list knows them). Only the person's own scrolling up leaves the end, and
 * only coming back to it, or `toEnd`, sticks again.
 */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  { height, content }: { height: number; content: number },
) {
  const [away, setAway] = useState(false);
  const last = useRef({ top: 0, content: 0, height: 0 });
  /** Whether a finger or the mouse is on it, or it still moves from that. */
  const held = useRef(false);

  const goToEnd = (): void => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (!away) goToEnd();
    // The function is the same at every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [away, height, content]);

  const leave = (): void => {
    if ((scroller.current?.scrollTop ?? 0) > 0) setAway(true);
  };
  const onScroll = (): void => {
    const element = scroller.current;
    if (!element || element.clientHeight === 0) return;
    const now = { top: element.scrollTop, content: element.scrollHeight, height: element.clientHeight };
    const before = last.current;
    last.current = now;
    const left = now.content - now.top - now.height;
    // On the way down only: the first few pixels of the way up are near the end as well.
    if (left <= 1 || (left <= AT_END && now.top > before.top)) setAway(false);
    // What grows, shrinks and is measured moves the end by itself, and its events come late: where the size is another
    // one too, it was the person only if the pointer holds the scroller.
    else if (now.top < before.top && (held.current || sameSize(now, before))) setAway(true);
  };
  return {
    away,
    /** Leaves the end, for where `scroll` goes. */
    leaveFor: (scroll: () => void) => {
      setAway(true);
      scroll();
    },
    toEnd: () => {
      setAway(false);
      goToEnd();
    },
    handlers: {
      onScroll,
      onPointerDown: () => void (held.current = true),
      onPointerUp: () => void (held.current = false),
      onScrollEnd: () => void (held.current = false),
      // Before the browser has scrolled: text that streams in would take the pane back to its end in the same frame.
      onWheel: (event: WheelEvent) => {
        if (event.deltaY < 0 && !scrollsWithin(event.target, scroller.current)) leave();
      },
      onKeyDownCapture: (event: KeyboardEvent) => {
        if (event.target === scroller.current && UP_KEYS.has(event.key)) leave();
      },
    },
  };
}

interface Size {
  readonly content: number;
  readonly height: number;
}

const sameSize = (a: Size, b: Size): boolean => a.content === b.content && a.height === b.height;

/** Whether something inside of the scroller takes the wheel for itself. */
function scrollsWithin(target: EventTarget, scroller: Element | null): boolean {
  for (let at = target instanceof Element ? target : null; at && at !== scroller; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && getComputedStyle(at).overflowY !== "visible") return true;
  }
  return false;
}
