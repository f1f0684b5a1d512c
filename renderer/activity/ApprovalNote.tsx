import type { TranscriptApproval } from "#shared/session/transcript.ts";
import { decisionWord } from "./item-words.ts";
import { Words } from "./Words.tsx";
import styles from "./notes.module.css";

const SHAPES = { pending: "◆", approved: "✓", denied: "✗", stale: "–" } as const;

/** What was asked about an item, where it was asked, and what came of it. */
export function ApprovalNote({ approval }: { approval: TranscriptApproval }) {
  const { decision, reason, note } = approval;
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
