import { useMemo, useRef } from "react";
import { selectRanked } from "../../needs-you/rank.ts";
import { useFleet } from "../../state/context.tsx";
import { useRoving } from "../../ui/use-roving.ts";
import { Tile } from "./Tile.tsx";
import styles from "./Wall.module.css";

/** Every session that is not archived, as a tile, in the order of attention. */
export function Wall() {
  const ranked = useFleet(selectRanked);
  const archived = useFleet(selectArchivedCount);
  const list = useRef<HTMLUListElement>(null);
  const ids = useMemo(() => {
    const earlier = ranked.earlier.slice(0, ranked.earlier.length - archived);
    return [...ranked["needs-you"], ...ranked.running, ...ranked.ready, ...earlier];
  }, [ranked, archived]);
  const roving = useRoving(list, () => columnsOf(list.current));
  return (
    <div className={styles.frame}>
      <ul
        ref={list}
        className={styles.wall}
        data-list
        aria-label="All sessions"
        onFocus={roving.onFocus}
        onKeyDown={(event) => void roving.onKeyDown(event)}
      >
        {ids.map((id) => (
          <Tile key={id} session={id} />
        ))}
      </ul>
    </div>
  );
}

/** Archived ones are the last of "earlier". */
const selectArchivedCount = ({
  sessions,
}: {
  sessions: Readonly<Record<string, { state: string }>>;
}): number => Object.values(sessions).filter(({ state }) => state === "archived").length;

const columnsOf = (list: HTMLElement | null): number =>
  list ? getComputedStyle(list).gridTemplateColumns.split(" ").length : 1;
