import type { Failure } from "#shared/kernel/failure.ts";
import { unhidden } from "./excerpt.ts";
import styles from "./notes.module.css";

/** A failure in words: what happened, what was kept, what to do; what a tool said about it is folded. */
export function FailureNote({ failure }: { failure: { [Key in keyof Failure]: Failure[Key] | undefined } }) {
  const { message, kept, hint, details } = failure;
  return (
    <div className={styles.failure}>
      <p>{[message, kept, hint].filter(Boolean).join(" ")}</p>
      {details && (
        <details>
          <summary>Details</summary>
          <pre>{unhidden(details)}</pre>
        </details>
      )}
    </div>
  );
}
