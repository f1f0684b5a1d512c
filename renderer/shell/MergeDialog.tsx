import { useId, useState } from "react";
import type { FormEvent } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Problem } from "../ui/fields.tsx";
import { useSessionActions } from "./actions.ts";
import styles from "./MergeDialog.module.css";
import { Changes } from "./summary-words.tsx";

const HOWS = [
  { how: "squash", word: "Squash", meaning: "One commit with the whole change." },
  { how: "merge", word: "Merge commit", meaning: "The session’s own commits, joined by one." },
] as const;

/** Asks how and whereto before a session's change goes into a branch of the person's. */
export function MergeDialog({ session: id, onClose }: { session: string; onClose: () => void }) {
  const session = useFleet((state) => state.sessions[id]);
  if (!session) return null;
  return (
    <Dialog title={`Merge “${session.title}”`} onClose={onClose}>
      <MergeForm session={session} onClose={onClose} />
    </Dialog>
  );
}

function MergeForm({ session, onClose }: { session: SessionSummary; onClose: () => void }) {
  const { merge } = useSessionActions();
  const [how, setHow] = useState<"squash" | "merge">("squash");
  const [into, setInto] = useState(session.base ?? "");
  const [merging, setMerging] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const intoId = useId();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setMerging(true);
    setProblem(null);
    try {
      await merge(session.id, how, into.trim());
      onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setMerging(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <p>
        <Changes changes={session.changes} /> in {session.changes?.files ?? 0}{" "}
        {session.changes?.files === 1 ? "file" : "files"}, from <code>{session.branch}</code>. A clean
        checkout of the branch moves along; a dirty one is left alone.
      </p>
      <p className={styles.field}>
        <label htmlFor={intoId}>Into the branch</label>
        <input
          id={intoId}
          className={styles.into}
          value={into}
          required
          spellCheck={false}
          onChange={(event) => setInto(event.target.value)}
        />
      </p>
      <fieldset className={styles.hows}>
        <legend>As</legend>
        {HOWS.map(({ how: own, word, meaning }) => (
          <label key={own} className={styles.how}>
            <input type="radio" name="how" checked={how === own} onChange={() => setHow(own)} />
            <span>
              {word} <span className={styles.meaning}>{meaning}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {problem !== null && (
        <div className={styles.problem} role="alert">
          <Problem error={problem} />
        </div>
      )}
      <footer className={styles.footer}>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" look="primary" disabled={merging || into.trim() === ""} shortcut="Enter">
          {merging ? "Merging…" : "Merge"}
        </Button>
      </footer>
    </form>
  );
}
