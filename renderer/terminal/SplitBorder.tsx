import { useRef } from "react";
import type { Border } from "./splits.ts";
import styles from "./SplitBorder.module.css";

/** One press of an arrow; with Shift, five of them. */
const STEP = 0.02;

const percent = (share: number): string => `${share * 100}%`;

/** Between two terminals of a tab: dragged, or moved by arrows; a double click or Enter makes both even. */
export function SplitBorder({
  border: { direction, room, value },
  name,
  onMove,
}: {
  border: Border;
  name: string;
  /** The share of both that the part before it gets. */
  onMove: (value: number) => void;
}) {
  const held = useRef(false);
  const beside = direction === "row";
  const style = beside
    ? { left: percent(room.left + value * room.width), top: percent(room.top), height: percent(room.height) }
    : { top: percent(room.top + value * room.height), left: percent(room.left), width: percent(room.width) };
  const [less, more] = beside ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={name}
      aria-orientation={beside ? "vertical" : "horizontal"}
      aria-valuenow={Math.round(value * 100)}
      aria-valuemin={10}
      aria-valuemax={90}
      title="Drag, or use the arrow keys; double click for even sizes"
      className={styles.border}
      style={style}
      onDoubleClick={() => onMove(0.5)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = true;
      }}
      onPointerMove={({ currentTarget, clientX, clientY }) => {
        const tab = currentTarget.parentElement?.getBoundingClientRect();
        if (!held.current || !tab) return;
        const x = ((clientX - tab.left) / tab.width - room.left) / room.width;
        const y = ((clientY - tab.top) / tab.height - room.top) / room.height;
        onMove(beside ? x : y);
      }}
      onPointerUp={() => (held.current = false)}
      onPointerCancel={() => (held.current = false)}
      onKeyDown={(event) => {
        const step = event.shiftKey ? 5 * STEP : STEP;
        if (event.key === less) onMove(value - step);
        else if (event.key === more) onMove(value + step);
        else if (event.key === "Enter") onMove(0.5);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}
