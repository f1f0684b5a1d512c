import { memo, useCallback, useMemo, useRef } from "react";
import type { KeyboardEvent } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { EMPTY_TRANSCRIPT } from "#shared/session/transcript.ts";
import { useFleet } from "../state/context.tsx";
import { Announcer } from "./Announcer.tsx";
import { ItemRow } from "./ItemRow.tsx";
import { Said } from "./Message.tsx";
import { rowsOf } from "./rows.ts";
import type { Row } from "./rows.ts";
import { MergedRow, StepsRow } from "./small-rows.tsx";
import { nextStop, stopsOf } from "./stops.ts";
import { TurnEnd, TurnStart } from "./TurnRows.tsx";
import { useJumpKeys } from "./use-jump-keys.ts";
import { useStickToEnd } from "./use-stick-to-end.ts";
import { useStopKeys } from "./use-stop-keys.ts";
import styles from "./Activity.module.css";

/** Most rows are one line. */
const rowHeight = (): number => 30;
/** Rows kept beyond what is seen: enough that a short session is there as a whole, for the browser's own find. */
const OVERSCAN = 24;
/** What the line with the person's message takes at the top, and a little room below it. In px. */
const ASKED_HEIGHT = 30;

/** The transcript of a session by turns and items. Stays at its end while it is there, and where it is otherwise. */
export function Activity({ session }: { session: string }) {
  const transcript = useFleet((state) => state.transcripts[session]);
  const merged = useFleet((state) => state.sessions[session]?.merged ?? null);
  const rows = useMemo(() => rowsOf(transcript ?? EMPTY_TRANSCRIPT, merged), [transcript, merged]);
  // The list measures anew whenever this is another function.
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows]);
  const stopKeys = useStopKeys(session);
  const scroller = useRef<HTMLDivElement>(null);
  const list = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: rowHeight,
    getItemKey,
    overscan: OVERSCAN,
    scrollPaddingStart: ASKED_HEIGHT,
    useFlushSync: false,
  });
  const { away, toEnd, leaveFor, handlers } = useStickToEnd(scroller, {
    height: list.scrollRect?.height ?? 0,
    content: list.getTotalSize(),
  });
  // A row that grows while it is read, its beginning out of sight, must not move what is read. At the end nothing but
  // the end counts: the list would go by where it was before that moved.
  list.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, { scrollOffset }) =>
    away && item.end <= (scrollOffset ?? 0);
  const leftAt = useRef(0);
  if (!away) leftAt.current = rows.length;
  const stops = useMemo(() => stopsOf(rows, transcript?.items ?? {}), [rows, transcript?.items]);
  const goTo = (index: number): void => leaveFor(() => list.scrollToIndex(index, { align: "start" }));
  const startOf = (index: number): number => list.measurementsCache[index]?.start ?? 0;
  const endOf = (index: number): number => list.measurementsCache[index]?.end ?? 0;
  useJumpKeys(scroller, (direction) => {
    const top = (scroller.current?.scrollTop ?? 0) + ASKED_HEIGHT;
    const stop = nextStop(stops, direction, top, startOf);
    if (stop) goTo(stop.index);
    else if (direction === "down") toEnd();
  });
  const said = useMemo(() => stops.filter(({ by }) => by === "person"), [stops]);
  const asked = nextStop(said, "up", (list.scrollOffset ?? 0) + ASKED_HEIGHT, endOf);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    stopKeys(event);
    // The browser's own Home and End know only of the rows that are there.
    if (event.target !== scroller.current || (event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (event.key === "End") toEnd();
    else list.scrollToOffset(0);
  };
  return (
    <div className={styles.activity}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        aria-label="Activity"
        aria-live="off"
        tabIndex={0}
        onKeyDown={onKeyDown}
        {...handlers}
      >
        <div className={styles.list} style={{ height: list.getTotalSize() }}>
          <div
            className={styles.shown}
            style={{ transform: `translateY(${list.getVirtualItems()[0]?.start ?? 0}px)` }}
          >
            {list.getVirtualItems().map(({ key, index }) => (
              <div key={key} ref={list.measureElement} data-index={index} className={styles.row}>
                <RowContent session={session} row={rows[index]!} />
              </div>
            ))}
          </div>
        </div>
        {rows.length === 0 && <Nothing session={session} loaded={transcript !== undefined} />}
      </div>
      {asked && <Asked session={session} row={rows[asked.index]} onGo={() => goTo(asked.index)} />}
      {away && (
        <button type="button" className={styles.toEnd} onClick={toEnd}>
          ↓ {rows.length > leftAt.current ? "New" : "Latest"}
        </button>
      )}
      <Announcer session={session} />
    </div>
  );
}

const RowContent = memo(function RowContent({ session, row }: { session: string; row: Row }) {
  switch (row.kind) {
    case "turn":
      return <TurnStart session={session} id={row.turn} number={row.number} />;
    case "item":
      return <ItemRow session={session} id={row.item} />;
    case "steps":
      return <StepsRow {...row} />;
    case "end":
      return <TurnEnd session={session} id={row.turn} />;
    case "merged":
      return <MergedRow {...row.merged} />;
    default:
      return assertNever(row);
  }
});

/** What the person said last before what is seen, above it. */
function Asked({ session, row, onGo }: { session: string; row: Row | undefined; onGo: () => void }) {
  const content = useFleet((state) =>
    row?.kind === "item" ? state.transcripts[session]?.items[row.item]?.content : undefined,
  );
  if (content?.kind !== "message") return null;
  return (
    <button type="button" className={styles.asked} onClick={onGo} title="Go to your message (Alt+↑)">
      <span aria-hidden>↑</span> <strong>You:</strong> {content.text.slice(0, 300)}
    </button>
  );
}

/** Before the first turn: what was asked for, and what it waits for. */
function Nothing({ session, loaded }: { session: string; loaded: boolean }) {
  const summary = useFleet((fleet) => fleet.sessions[session]);
  if (!summary || summary.worktreeFailure) return null;
  if (!loaded) return <p className={styles.nothing}>Reading the session's log…</p>;
  return (
    <>
      <Said id={`${session} task`} text={summary.task} at={summary.createdAt} />
      <p className={styles.nothing}>
        {summary.state === "queued"
          ? "Waits for a free place. It starts by itself."
          : "Getting the worktree ready. The first turn starts by itself."}
      </p>
    </>
  );
}
