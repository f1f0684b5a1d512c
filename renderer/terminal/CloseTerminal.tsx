import { useEffect, useRef } from "react";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import styles from "./dialogs.module.css";

/** Closing is the one thing that ends a shell: asked for while it runs. */
export function CloseTerminal({
  count,
  onAnswer,
}: {
  /** How many are closed. */
  count: number;
  onAnswer: (yes: boolean) => void;
}) {
  const actions = useRef<HTMLDivElement>(null);
  // After the dialog has opened, which gives the focus to its first control.
  useEffect(() => actions.current?.querySelector<HTMLElement>("button:last-child")?.focus(), []);
  return (
    <Dialog
      title={count === 1 ? "Close this terminal?" : `Close these ${count} terminals?`}
      onClose={() => onAnswer(false)}
    >
      <p>
        {count === 1
          ? "Its shell is running. Closing ends it and everything that was started in it."
          : "A shell is running there. Closing ends all of them and everything that was started in them."}{" "}
        The worktree stays as it is.
      </p>
      <div ref={actions} className={styles.actions}>
        <Button onClick={() => onAnswer(false)}>{count === 1 ? "Keep it" : "Keep them"}</Button>
        <Button look="danger" onClick={() => onAnswer(true)}>
          {count === 1 ? "Close it" : "Close them"}
        </Button>
      </div>
    </Dialog>
  );
}
