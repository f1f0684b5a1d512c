import { useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";
import styles from "./Dialog.module.css";

/**
 * A modal dialog on the browser's own `<dialog>`: focus stays in it, Escape closes it, and focus returns to where it
 * was. Render it to open it.
 */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
  bare = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** The title is for screen readers only. */
  bare?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      className={[styles.dialog, wide && styles.wide].filter(Boolean).join(" ")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Only the backdrop is the dialog element itself.
      onMouseDown={(event) => event.target === event.currentTarget && onClose()}
    >
      <div className={styles.body}>
        <h2 id={titleId} className={bare ? "visually-hidden" : styles.title}>
          {title}
        </h2>
        {children}
        {!bare && (
          <button
            type="button"
            className={styles.close}
            aria-label="Close"
            title="Close (Escape)"
            onClick={onClose}
          >
            ×
          </button>
        )}
      </div>
    </dialog>
  );
}
