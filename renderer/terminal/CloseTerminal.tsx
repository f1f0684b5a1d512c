import { useEffect, useRef } from "react";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import styles from "./dialogs.module.css";

/** Closing is the one thing that ends a shell: asked for while it runs. */
export function CloseTerminal({ onAnswer }: { onAnswer: (yes: boolean) => void }) {
  const actions = useRef<HTMLDivElement>(null);
  // After the dialog has opened, which gives the focus to its first control.
  useEffect(() => actions.current?.querySelector<HTMLElement>("button:last-child")?.focus(), []);
  return (
    <Dialog title="Close this terminal?" onClose={() => onAnswer(false)}>
      <p>
        Its shell is running. Closing ends it and everything that was started in it. The worktree stays as it
        is.
      </p>
      <div ref={actions} className={styles.actions}>
        <Button onClick={() => onAnswer(false)}>Keep it</Button>
        <Button look="danger" onClick={() => onAnswer(true)}>
          Close it
        </Button>
      </div>
    </Dialog>
  );
}
