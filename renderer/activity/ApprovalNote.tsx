import type { TranscriptApproval } from "#shared/session/transcript.ts";
import { decisionWord } from "./item-words.ts";
import { Words } from "./Words.tsx";
import styles from "./notes.module.css";

const SHAPES = { approved: "✓", denied: "✗", stale: "–" } as const;

/** What came of a question about an item, where it was asked. While it is open the composer asks it. */
export function ApprovalNote({ approval }: { approval: TranscriptApproval }) {
  const { decision, reason, note } = approval;
  if (decision === "pending") return null;
  return (
    <div className={styles.approval} data-decision={decision}>
      <span aria-hidden>{SHAPES[decision]}</span> <strong>{decisionWord(decision)}</strong>
      <span className={styles.why}>
        {" "}
        · asked because: <Words text={reason} />
      </span>
      {note && <p className={styles.said}>“{note}”</p>}
    </div>
  );
}
