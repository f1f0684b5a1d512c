import type { KeyboardEvent, Ref } from "react";
import type { TerminalSummary } from "#shared/session/contract.ts";
import { shownTitle } from "./titles.ts";
import styles from "./TerminalTabs.module.css";

interface TerminalTabsProps {
  readonly ref: Ref<HTMLDivElement>;
  /** Id of the panel that they choose for. */
  readonly panel: string;
  readonly terminals: readonly TerminalSummary[];
  readonly active: string | null;
  readonly onSelect: (terminal: string) => void;
  /** The terminal itself is wanted: by Enter, or by a click on its tab. */
  readonly onEnter: () => void;
  readonly onClose: (terminal: string) => void;
}

export function TerminalTabs({
  ref,
  panel,
  terminals,
  active,
  onSelect,
  onEnter,
  onClose,
}: TerminalTabsProps) {
  const tabId = (terminal: string): string => `${panel}-${terminal}`;
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step === undefined ? undefined : terminals.at((index + step) % terminals.length);
    if (next) {
      onSelect(next.id);
      const tabs = event.currentTarget.closest("[data-shells]")?.querySelectorAll<HTMLElement>("[role=tab]");
      tabs?.[terminals.indexOf(next)]?.focus();
    } else if (event.key === "Delete") {
      onClose(terminals[index]!.id);
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      onEnter();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={ref} data-shells className={styles.tabs}>
      {/* A list of tabs may hold nothing but tabs, and each of these has its "Close" beside it. */}
      <div role="tablist" aria-label="Shells" aria-owns={terminals.map(({ id }) => tabId(id)).join(" ")} />
      {terminals.map((terminal, index) => {
        const name = `${index + 1}: ${shownTitle(terminal.title) || "shell"}`;
        const selected = terminal.id === active;
        return (
          <div key={terminal.id} className={styles.tab} data-selected={selected}>
            <button
              type="button"
              role="tab"
              id={tabId(terminal.id)}
              aria-selected={selected}
              aria-controls={panel}
              tabIndex={selected ? 0 : -1}
              title={name}
              className={styles.name}
              onClick={() => {
                onSelect(terminal.id);
                onEnter();
              }}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              {name}
              {terminal.exitCode !== null && <span className={styles.ended}> ended</span>}
            </button>
            <button
              type="button"
              className={styles.close}
              tabIndex={-1}
              title="Close (Delete)"
              aria-label={`Close ${name}`}
              onClick={() => onClose(terminal.id)}
            >
              ×
            </button>
          </div>
        );
      })}
    </div>
  );
}
