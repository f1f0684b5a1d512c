import { useLayoutEffect, useRef } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { latinKey } from "../ui/latin-key.ts";
import styles from "./AskBar.module.css";

/**
 * What a session asks its person. Its bare-letter keys hold only while the bar itself or one of its buttons has the
 * focus, and its legend is seen only then; so nothing that is typed elsewhere can answer.
 */
export function AskBar({
  name,
  count,
  legend,
  onKey,
  children,
}: {
  name: string;
  /** `1 of 3`, where several wait. */
  count?: string | undefined;
  legend: string;
  onKey: (key: string) => boolean;
  children: ReactNode;
}) {
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = bar.current;
    const next = element?.closest("[data-composer]")?.querySelector("textarea");
    return () => {
      // The last question is answered: the keys go on to where the person goes on.
      if (element?.contains(document.activeElement)) next?.focus();
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target, repeat, ctrlKey, metaKey, altKey } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    // A key that is held down would answer the next question with the answer to this one.
    if (repeat || ctrlKey || metaKey || altKey || event.nativeEvent.isComposing) return;
    if (!onKey(latinKey(event))) return;
    event.preventDefault();
    // The button that had the focus is off while the answer is on its way; the next question is answered from the bar.
    bar.current?.focus();
  };
  return (
    <div
      ref={bar}
      className={styles.bar}
      role="group"
      aria-label={name}
      tabIndex={0}
      data-ask
      onKeyDown={onKeyDown}
    >
      <p className={styles.head}>
        <strong>
          <span aria-hidden>◆</span> {name}
        </strong>
        {count && <span>{count}</span>}
        <span className={styles.legend}>{legend}</span>
      </p>
      {children}
    </div>
  );
}
