import { useEffect, useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import styles from "./FindBar.module.css";
import { terminalKey } from "./keys.ts";
import type { Found } from "./use-screen.ts";

interface FindBarProps {
  /** Another number each time that it is asked for: then its field takes the keys, also where it is open. */
  readonly asked: number;
  readonly found: Found | null;
  readonly onFind: (text: string, direction: "next" | "previous" | "as typed") => void;
  readonly onClose: () => void;
}

export function FindBar({ asked, found, onFind, onClose }: FindBarProps) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const begin = (): void => {
    field.current?.focus();
    field.current?.select();
  };
  useEffect(begin, [asked]);
  return (
    <form
      role="search"
      aria-label="Find in the terminal"
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        onFind(text, "next");
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        else if (event.key === "Enter" && event.shiftKey) onFind(text, "previous");
        else if (terminalKey(event) === "find") begin();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <input
        ref={field}
        value={text}
        placeholder="Find in screen and scrollback"
        aria-label="Find"
        spellCheck={false}
        className={styles.input}
        onChange={(event) => {
          setText(event.target.value);
          onFind(event.target.value, "as typed");
        }}
      />
      <span role="status" className={styles.count}>
        {text === "" || found === null ? "" : countWords(found)}
      </span>
      <Button
        look="quiet"
        onClick={() => onFind(text, "previous")}
        aria-label="Previous match"
        title="Previous (Shift+Enter)"
      >
        ↑
      </Button>
      <Button look="quiet" onClick={() => onFind(text, "next")} aria-label="Next match" title="Next (Enter)">
        ↓
      </Button>
      <Button look="quiet" onClick={onClose} aria-label="Close find" title="Close (Escape)">
        ×
      </Button>
    </form>
  );
}

/** The addon counts up to a thousand and no further: then it does not say which one is shown. */
function countWords(found: Found): string {
  if (found.count === 0) return "Nothing found";
  return found.index < 0 ? `${found.count} or more` : `${found.index + 1} of ${found.count}`;
}
