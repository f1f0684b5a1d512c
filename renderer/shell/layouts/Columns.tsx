import { useMemo, useRef } from "react";
import { useStores, useView } from "../../state/context.tsx";
import { SessionPane } from "../pane/SessionPane.tsx";
import { moved, PANE_MIN_HEIGHT, rowsOf, shares } from "./grid.ts";
import { Separator } from "./Separator.tsx";
import styles from "./Columns.module.css";
import { useWidth } from "./use-width.ts";

/**
 * Sessions side by side. The panes are one list whose places are styles, so that a pane which comes to stand in another
 * row keeps its terminal and its scroll position.
 */
export function Columns({ panes }: { panes: readonly string[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const weights = useView((state) => state.widths);
  const { view } = useStores();
  const rows = useMemo(() => rowsOf(panes, width), [panes, width]);
  const places = rows.flatMap((row) => {
    const widths = shares(
      row.map((id) => weights[id] ?? 1),
      width,
    );
    return row.map((id, at) => ({ id, at, row, widths, wide: widths[at] ?? width }));
  });
  const height = `max(${PANE_MIN_HEIGHT}px, ${100 / Math.max(1, rows.length)}%)`;
  return (
    <div ref={frame} className={styles.frame}>
      {width > 0 &&
        places.map(({ id, at, row, widths, wide }) => (
          <div
            key={id}
            className={styles.place}
            style={{ width: wide, height }}
            data-first={at === 0 || undefined}
          >
            <SessionPane session={id} />
            {at < row.length - 1 && (
              <Separator
                value={wide}
                total={width}
                onMove={(by) => {
                  const next = moved(widths, at, by);
                  const average = width / row.length;
                  const changed = Object.fromEntries(
                    row.map((each, index) => [each, (next[index] ?? average) / average]),
                  );
                  view.setState((state) => ({ widths: { ...state.widths, ...changed } }));
                }}
                onReset={() =>
                  view.setState((state) => ({
                    widths: { ...state.widths, ...Object.fromEntries(row.map((each) => [each, 1])) },
                  }))
                }
              />
            )}
          </div>
        ))}
    </div>
  );
}
