import { useEffect, useRef } from "react";
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

/** The most that are seen at once. */
const MOST = 3;

interface Told {
  readonly toasts: readonly Toast[];
  readonly next: number;
}

const store = createStore<Told>(() => ({ toasts: [], next: 1 }));

/** An info goes by itself after this long, in ms; an error stays until it is closed. What can be taken back stays longer. */
const INFO_MS = 6000;
const ACTION_MS = 15_000;

/** What is seen after another was told: the same text once, and where there is no room the oldest info gives way first. */
export function withToast({ toasts, next }: Told, told: Omit<Toast, "id">): Told {
  const others = toasts.filter(({ text }) => text !== told.text);
  const gone = others.length < MOST ? undefined : (others.find(({ tone }) => tone === "info") ?? others[0]);
  return { toasts: [...others.filter((toast) => toast !== gone), { ...told, id: next }], next: next + 1 };
}

export interface Say {
  info(text: string, action?: ToastAction): void;
  /** Says in words what a rejected verb of the host was about. */
  error(error: unknown): void;
}

const add = (toast: Omit<Toast, "id">): void => store.setState((state) => withToast(state, toast));

const say: Say = {
  info: (text, action) => add({ tone: "info", text, ...(action && { action }) }),
  error: (error) => add({ tone: "error", ...wordsOf(error) }),
};

/** Tells the person something that has no place of its own on the screen. */
export const useToasts = (): Say => say;

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

/**
 * What was told, the latest first. It has a place of its own at the end of the list of sessions; where that is not seen
 * it floats at the window's top, no deeper than a pane's header: never over where a person types or answers.
 */
export function Toasts({ floating = false }: { floating?: boolean }): ReactNode {
  const toasts = useStore(store, (state) => state.toasts);
  return (
    <div
      className={floating ? `${styles.stack} ${styles.floating}` : styles.stack}
      role="status"
      aria-atomic={false}
      data-toasts
    >
      {toasts.toReversed().map((toast) => (
        <OneToast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function OneToast({ toast: { id, tone, text, details, action } }: { toast: Toast }) {
  const element = useRef<HTMLDivElement>(null);
  const stays = tone === "error" ? null : action ? ACTION_MS : INFO_MS;
  useEffect(() => {
    if (stays === null) return;
    // Not under the pointer or the keys: who is about to take it back would miss it.
    const timer = setInterval(() => {
      if (!element.current?.matches(":hover, :focus-within")) remove(id);
    }, stays);
    return () => clearInterval(timer);
  }, [id, stays]);
  return (
    <div ref={element} className={styles.toast} data-tone={tone}>
      <div className={styles.text}>
        {text}{" "}
        {action && (
          <button
            type="button"
            className={styles.action}
            onClick={() => {
              remove(id);
              action.act();
            }}
          >
            {action.words}
          </button>
        )}
        {details && (
          <details>
            <summary>Details</summary>
            <pre>{details}</pre>
          </details>
        )}
      </div>
      <button type="button" className={styles.close} onClick={() => remove(id)} aria-label="Dismiss">
        ×
      </button>
    </div>
  );
}
