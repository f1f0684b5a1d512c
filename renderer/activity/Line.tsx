import { useId } from "react";
import type { ReactNode } from "react";
import styles from "./Line.module.css";

/**
 * One row of the activity: what was done, and how it ended at the right. With `open` given it is a button that unfolds
 * what is below it.
 */
export function Line({
  mark,
  kind,
  meta,
  tone,
  machine = false,
  open,
  onToggle,
  wraps = false,
  children,
  below,
}: {
  mark: string;
  /** What the mark means, for those who don't see it. */
  kind: string;
  meta?: ReactNode;
  tone?: "running" | "good" | "bad" | "quiet" | "warning" | undefined;
  /** What a machine wrote: monospace. */
  machine?: boolean;
  open?: boolean;
  onToggle?: () => void;
  /** All of it is shown, on as many lines as it needs. */
  wraps?: boolean;
  children: ReactNode;
  below?: ReactNode;
}) {
  const belowId = useId();
  const inner = (
    <>
      <span aria-hidden className={styles.mark}>
        {mark}
      </span>
      <span className="visually-hidden">{kind}: </span>
      <span className={styles.what} data-machine={machine || undefined} data-wraps={wraps || undefined}>
        {children}
      </span>
      {meta !== undefined && <span className={styles.meta}>{meta}</span>}
    </>
  );
  return (
    <div className={styles.entry} data-tone={tone}>
      {onToggle ? (
        <button
          type="button"
          className={styles.line}
          aria-expanded={open}
          aria-controls={open ? belowId : undefined}
          onClick={onToggle}
        >
          {inner}
          <span aria-hidden className={styles.arrow}>
            {open ? "▾" : "▸"}
          </span>
        </button>
      ) : (
        <div className={styles.line}>
          {inner}
          <span className={styles.arrow} />
        </div>
      )}
      {below && (
        <div id={belowId} className={styles.below}>
          {below}
        </div>
      )}
    </div>
  );
}
