import type { SessionState } from "#shared/session/summary.ts";
import { STATE_WORDS } from "#shared/session/words.ts";
import styles from "./StateMark.module.css";

/** A session's state: its shape and its word, in its colour. `compact` hides the word from the eye, not from readers. */
export function StateMark({ state, compact = false }: { state: SessionState; compact?: boolean }) {
  const { shape, word } = STATE_WORDS[state];
  return (
    <span className={styles.mark} data-state={state} title={compact ? word : undefined}>
      <span aria-hidden className={styles.shape}>
        {shape}
      </span>
      <span className={compact ? "visually-hidden" : undefined}>{word}</span>
    </span>
  );
}
