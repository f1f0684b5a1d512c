import { useEffect, useRef } from "react";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import type { PasteWarning } from "./paste-guard.ts";
import styles from "./dialogs.module.css";

/** Shows what is about to be pasted, and asks. */
export function PasteGuard({
  warning,
  onAnswer,
}: {
  warning: PasteWarning;
  onAnswer: (answer: "paste" | "cancel") => void;
}) {
  const { lines, controls, preview } = warning;
  const actions = useRef<HTMLDivElement>(null);
  // After the dialog has opened, which gives the focus to its first control.
  useEffect(() => actions.current?.querySelector<HTMLElement>("button:last-child")?.focus(), []);
  return (
    <Dialog title={lines > 1 ? `Paste ${lines} lines?` : "Paste this?"} onClose={() => onAnswer("cancel")}>
      {lines > 1 && <p>A shell may run each line as soon as it is pasted.</p>}
      {controls > 0 && (
        <p>
          It has {controls === 1 ? "a control character" : `${controls} control characters`} that would act
          like keys.
          {controls === 1 ? " It is" : " They are"} left out.
        </p>
      )}
      <pre className={styles.preview} tabIndex={0} aria-label="What would be pasted">
        {preview}
      </pre>
      <div ref={actions} className={styles.actions}>
        <Button onClick={() => onAnswer("cancel")}>Cancel</Button>
        <Button look="primary" onClick={() => onAnswer("paste")}>
          Paste
        </Button>
      </div>
    </Dialog>
  );
}
