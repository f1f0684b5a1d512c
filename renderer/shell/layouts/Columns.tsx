import { useMemo, useRef } from "react";
import { useStores, useView } from "../../state/context.tsx";
import { Button } from "../../ui/Button.tsx";
import { useWidth } from "../../ui/use-width.ts";
import { keysOf } from "../commands.ts";
import { keysWords } from "../keys.ts";
import { SessionPane } from "../pane/SessionPane.tsx";
import { columnsOf, moved, PANE_MIN_HEIGHT, shares } from "./grid.ts";
import { Separator } from "./Separator.tsx";
import styles from "./Columns.module.css";

/**
 * Sessions side by side in an even grid. The panes are one list whose places are styles, so that a pane which comes to
 * stand in another row keeps its terminal and its scroll position.
 */
export function Columns({ panes }: { panes: readonly string[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const { view } = useStores();
  const columns = columnsOf(panes.length, width);
  const weights = useView((state) => state.columnShares[columns]);
  const widths = useMemo(
    () =>
      shares(
        Array.from({ length: columns }, (_, at) => weights?.[at] ?? 1),
        width,
      ),
    [columns, weights, width],
  );
  const rows = Math.ceil(panes.length / columns);
  const keep = (next: readonly number[]): void => {
    view.setState((state) => ({ columnShares: { ...state.columnShares, [columns]: next } }));
  };
  return (
    <div ref={frame} className={styles.frame}>
      {width > 0 && (
        <div
          className={styles.grid}
          style={{
            gridTemplateColumns: widths.map((wide) => `${wide}px`).join(" "),
            gridTemplateRows: `repeat(${rows}, minmax(${PANE_MIN_HEIGHT}px, 1fr))`,
          }}
        >
          {panes.map((id, at) => (
            <div key={id} className={styles.place} data-first={at % columns === 0 || undefined}>
              <SessionPane session={id} />
            </div>
          ))}
          {panes.length < rows * columns && <Free columns={rows * columns - panes.length} />}
          {widths.slice(0, -1).map((wide, at) => (
            <Separator
              key={at}
              column={at + 1}
              value={wide}
              total={width}
              onMove={(by) => keep(moved(widths, at, by).map((each) => (each * columns) / width))}
              onReset={() => keep([])}
            />
          ))}
        </div>
      )}
    </div>
  );
}

/** The places of the last row that no pane has. */
function Free({ columns }: { columns: number }) {
  const { view } = useStores();
  return (
    <div className={styles.free} style={{ gridColumn: `span ${columns}` }}>
      <Button
        shortcut={keysWords(keysOf("new-session") ?? "")}
        onClick={() => view.setState({ dialog: "new-session" })}
      >
        <span aria-hidden>+</span> New sessions
      </Button>
    </div>
  );
}
