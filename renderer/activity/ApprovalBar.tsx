import { useState } from "react";
import type { FormEvent } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { AskBar } from "./AskBar.tsx";
import { setDraft, useDraft } from "./drafts.ts";
import { unhidden } from "./excerpt.ts";
import { Words } from "./Words.tsx";
import styles from "./AskBar.module.css";

type Asked = SessionSummary["approvals"][number];

/** A yes or no on what would run, in full, the oldest first. */
export function ApprovalBar({ session, approvals }: { session: string; approvals: readonly Asked[] }) {
  const [asked] = approvals;
  // No key: the bar stays, and keeps the focus, when one question follows another.
  return asked ? <Approval session={session} asked={asked} waiting={approvals.length} /> : null;
}

function Approval({ session, asked, waiting }: { session: string; asked: Asked; waiting: number }) {
  const client = useClient();
  const toasts = useToasts();
  const [note, setNote] = useDraft(`note.${asked.id}`);
  const [sentId, setSentId] = useState<string | null>(null);
  const sent = sentId === asked.id;
  const resolve = async (decision: "approved" | "denied"): Promise<void> => {
    if (sent) return;
    setSentId(asked.id);
    const said = note.trim() === "" ? {} : { note: note.trim() };
    try {
      await client().sessions.resolveApproval({ session, approval: asked.id, decision, ...said });
      setDraft(`note.${asked.id}`, "");
    } catch (error) {
      setSentId(null);
      toasts.error(error);
    }
  };
  const onKey = (key: string): boolean => {
    if (key !== "y" && key !== "n") return false;
    void resolve(key === "y" ? "approved" : "denied");
    return true;
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void resolve("denied");
  };
  return (
    <AskBar
      name="Approval"
      count={waiting > 1 ? `1 of ${waiting}` : undefined}
      legend="y allows · n denies"
      onKey={onKey}
    >
      <pre className={styles.action} tabIndex={0} aria-label="What would be done">
        {unhidden(asked.action)}
      </pre>
      <p className={styles.reason}>
        Why it asks: <Words text={asked.reason} />
      </p>
      <form className={styles.answers} onSubmit={onSubmit}>
        <Button shortcut="y" disabled={sent} onClick={() => void resolve("approved")}>
          Allow
        </Button>
        <Button type="submit" shortcut="n" disabled={sent}>
          Deny
        </Button>
        <input
          className={styles.note}
          aria-label="Note to the agent"
          placeholder="Note, Enter denies"
          maxLength={10_000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </form>
    </AskBar>
  );
}
