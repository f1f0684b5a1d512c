import { useRef } from "react";
import styles from "./Separator.module.css";

/** One press of an arrow, in CSS pixels; with Shift, five of them. */
const STEP = 16;

/** Between two panes: dragged, or moved by arrows; Enter, Home or a double click makes the row even. */
export function Separator({
  value,
  total,
  onMove,
  onReset,
}: {
  /** The width of the pane before it, of so much in all. */
  value: number;
  total: number;
  onMove: (by: number) => void;
  onReset: () => void;
}) {
  const from = useRef<number | null>(null);
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the pane"
      aria-valuenow={Math.round((100 * value) / Math.max(1, total))}
      aria-valuemin={0}
      aria-valuemax={100}
      title="Drag, or use the arrow keys; double click for even widths"
      tabIndex={0}
      className={styles.separator}
      onDoubleClick={onReset}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = event.clientX;
      }}
      onPointerMove={(event) => {
        if (from.current === null || event.clientX === from.current) return;
        onMove(event.clientX - from.current);
        from.current = event.clientX;
      }}
      onPointerUp={() => (from.current = null)}
      onPointerCancel={() => (from.current = null)}
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
