import type { Failure } from "#shared/kernel/failure.ts";
import { unhidden } from "./excerpt.ts";
import { Words } from "./Words.tsx";
import styles from "./notes.module.css";

/** A failure in words: what happened, what was kept, what to do; what a tool said about it is folded. */
export function FailureNote({
  failure,
  bare = false,
}: {
  failure: { [Key in keyof Failure]: Failure[Key] | undefined };
  /** Stands in a card that says already that something failed. */
  bare?: boolean;
}) {
  const { message, kept, hint, details } = failure;
  return (
    <div className={bare ? styles.bare : styles.failure}>
      <p>
        <Words text={[message, kept, hint].filter(Boolean).join(" ")} />
      </p>
      {details && (
        <details>
          <summary>Details</summary>
          <pre>{unhidden(details)}</pre>
        </details>
      )}
    </div>
  );
}
