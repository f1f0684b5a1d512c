import { useEffect, useMemo, useRef, useState } from "react";
import type { RefObject } from "react";
import { selectRanked } from "../../needs-you/rank.ts";
import { useFleet } from "../../state/context.tsx";
import { useRoving } from "../../ui/use-roving.ts";
import { Tile } from "./Tile.tsx";
import styles from "./Wall.module.css";

/** So many tiles are made at first, and each time that their end comes near: a thousand at once would freeze the window. */
const STEP = 60;

/** Every session that is not archived, as a tile, in the order of attention. */
export function Wall() {
  const ranked = useFleet(selectRanked);
  const archived = useFleet(selectArchivedCount);
  const frame = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const end = useRef<HTMLLIElement>(null);
  const ids = useMemo(() => {
    const earlier = ranked.earlier.slice(0, ranked.earlier.length - archived);
    return [...ranked["needs-you"], ...ranked.running, ...ranked.ready, ...earlier];
  }, [ranked, archived]);
  const made = useGrowing(frame, end, ids.length);
  const roving = useRoving(list, () => columnsOf(list.current));
  return (
    <div ref={frame} className={styles.frame}>
      <ul
        ref={list}
        className={styles.wall}
        data-list
        aria-label="All sessions"
        onFocus={roving.onFocus}
        onKeyDown={(event) => void roving.onKeyDown(event)}
      >
        {ids.slice(0, made).map((id) => (
          <Tile key={id} session={id} />
        ))}
        {made < ids.length && (
          <li ref={end} className={styles.more}>
            {ids.length - made} more
          </li>
        )}
      </ul>
    </div>
  );
}

/** How many of so many there are to be: more whenever the list's end is less than a screen away. */
function useGrowing(
  frame: RefObject<HTMLElement | null>,
  end: RefObject<HTMLElement | null>,
  all: number,
): number {
  const [count, setCount] = useState(STEP);
  useEffect(() => {
    if (!end.current) return;
    const grow = (entries: readonly IntersectionObserverEntry[]): void => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setCount(count + STEP);
    };
    const observer = new IntersectionObserver(grow, { root: frame.current, rootMargin: "100%" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [frame, end, count, all]);
  return count;
}

/** Archived ones are the last of "earlier". */
const selectArchivedCount = ({
  sessions,
}: {
  sessions: Readonly<Record<string, { state: string }>>;
}): number => Object.values(sessions).filter(({ state }) => state === "archived").length;

const columnsOf = (list: HTMLElement | null): number =>
  list ? getComputedStyle(list).gridTemplateColumns.split(" ").length : 1;
