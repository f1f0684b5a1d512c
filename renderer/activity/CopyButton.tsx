import { useState } from "react";
import { useToasts } from "../ui/toasts.tsx";
import styles from "./CopyButton.module.css";

/** Copies `what`, which `text` gives. Says so in its own words, until the pointer or the focus leaves it. */
export function CopyButton({ what, text }: { what: string; text: () => string }) {
  const [copied, setCopied] = useState(false);
  const toasts = useToasts();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
    } catch {
      toasts.error(
        new Error("The browser did not let Oriel write to the clipboard. Select the text and copy it."),
      );
    }
  };
  const forget = (): void => setCopied(false);
  return (
    <button
      type="button"
      className={styles.copy}
      onClick={() => void copy()}
      onMouseLeave={forget}
      onBlur={forget}
      aria-label={`${copied ? "Copied" : "Copy"} ${what}`}
      title={`Copy ${what}`}
    >
      {copied ? "Copied" : "Copy"}
      <span className={styles.what}> {what}</span>
    </button>
  );
}
