import type { ReactNode } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { ORPCError } from "@orpc/client";
import { storedFailure } from "#shared/session/events.ts";
import styles from "./toasts.module.css";

export interface Toast {
  readonly id: number;
  readonly tone: "info" | "error";
  readonly text: string;
  /** What the tool that failed said: folded. */
  readonly details?: string;
  readonly action?: ToastAction;
}

/** One thing to do about it, such as taking it back. */
export interface ToastAction {
  readonly words: string;
  readonly act: () => void;
}

const store = createStore<{ toasts: readonly Toast[]; next: number }>(() => ({ toasts: [], next: 1 }));

/** An info goes by itself after this long, in ms; an error stays until it is closed. What can be taken back stays longer. */
const INFO_MS = 6000;
const ACTION_MS = 15_000;

export interface Say {
  info(text: string, action?: ToastAction): void;
  /** Says in words what a rejected verb of the host was about. */
  error(error: unknown): void;
}

/** Tells the person something that has no place of its own on the screen. */
export function useToasts(): Say {
  const add = (toast: Omit<Toast, "id">): number => {
    const { next } = store.getState();
    store.setState((state) => ({
      toasts: [...state.toasts.slice(-3), { ...toast, id: next }],
      next: next + 1,
    }));
    return next;
  };
  return {
    info: (text, action) => {
      const id = add({ tone: "info", text, ...(action && { action }) });
      setTimeout(() => remove(id), action ? ACTION_MS : INFO_MS);
    },
    error: (error) => void add({ tone: "error", ...wordsOf(error) }),
  };
}

const remove = (id: number): void =>
  store.setState((state) => ({ ...state, toasts: state.toasts.filter((toast) => toast.id !== id) }));

/** A failure in a sentence: what happened, what was kept, what to do. */
export function wordsOf(error: unknown): { text: string; details?: string } {
  const failure = error instanceof ORPCError ? storedFailure.safeParse(error.data) : null;
  if (failure?.success) {
    const { message, kept, hint, details } = failure.data;
    return { text: [message, kept, hint].filter(Boolean).join(" "), ...(details && { details }) };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { text: text || "Something went wrong, and nothing said what." };
}

export function Toasts(): ReactNode {
  const toasts = useStore(store, (state) => state.toasts);
  return (
    <div className={styles.stack} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles.toast} data-tone={toast.tone}>
          <div className={styles.text}>
            {toast.text}
            {toast.details && (
              <details>
                <summary>Details</summary>
                <pre>{toast.details}</pre>
              </details>
            )}
          </div>
          {toast.action && (
            <button
              type="button"
              className={styles.action}
              onClick={() => {
                toast.action?.act();
                remove(toast.id);
              }}
            >
              {toast.action.words}
            </button>
          )}
          <button
            type="button"
            className={styles.close}
            onClick={() => remove(toast.id)}
            aria-label="Dismiss"
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
