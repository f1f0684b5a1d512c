import { useRef } from "react";
import styles from "./Separator.module.css";

/** One press of an arrow, in CSS pixels; with Shift, five of them. */
const STEP = 16;

/** Between two columns: dragged, or moved by arrows; Enter, Home or a double click makes all of them even. */
export function Separator({
  column,
  value,
  total,
  onMove,
  onReset,
}: {
  /** Of the grid, which it stands at the end of, from 1. */
  column: number;
  /** The width of the column before it, of so much in all. */
  value: number;
  total: number;
  onMove: (by: number) => void;
  onReset: () => void;
}) {
  /** Where in it the pointer took hold; by that the drag follows the pointer also after it was out of reach. */
  const hold = useRef<number | null>(null);
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of column ${column}`}
      aria-valuenow={Math.round((100 * value) / Math.max(1, total))}
      aria-valuemin={0}
      aria-valuemax={100}
      title="Drag, or use the arrow keys; double click for even widths"
      tabIndex={0}
      className={styles.separator}
      style={{ gridColumn: `${column} / span 1` }}
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        hold.current = event.clientX - event.currentTarget.getBoundingClientRect().left;
      }}
      onPointerMove={(event) => {
        if (hold.current === null) return;
        const by = event.clientX - hold.current - event.currentTarget.getBoundingClientRect().left;
        if (by !== 0) onMove(by);
      }}
      onPointerUp={() => (hold.current = null)}
      onPointerCancel={() => (hold.current = null)}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 5 * STEP : STEP;
        if (event.key === "ArrowLeft") onMove(-step);
        else if (event.key === "ArrowRight") onMove(step);
        else if (event.key === "Home" || event.key === "Enter") onReset();
        else return;
        event.preventDefault();
      }}
    />
  );
}
