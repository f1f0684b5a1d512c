import type { KeyboardEvent, Ref } from "react";
import styles from "./TerminalTabs.module.css";

/** A tab: the one terminal in it, or the one of several that had the keys last. */
export interface ShellTab {
  /** Of that terminal. */
  readonly id: string;
  readonly name: string;
  /** How many terminals the tab shows. */
  readonly count: number;
  /** Whether none of them runs. */
  readonly ended: boolean;
}

interface TerminalTabsProps {
  readonly ref: Ref<HTMLDivElement>;
  /** Id of the panel that they choose for. */
  readonly panel: string;
  readonly tabs: readonly ShellTab[];
  readonly active: string | null;
  readonly onSelect: (terminal: string) => void;
  /** The terminal itself is wanted: by Enter, or by a click on its tab. */
  readonly onEnter: (terminal: string) => void;
  /** All that the tab shows. */
  readonly onClose: (terminal: string) => void;
}

export function TerminalTabs({ ref, panel, tabs, active, onSelect, onEnter, onClose }: TerminalTabsProps) {
  const tabId = (index: number): string => `${panel}-tab-${index}`;
  const onKeyDown = (event: KeyboardEvent, index: number): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = step === undefined ? undefined : tabs.at((index + step) % tabs.length);
    if (next) {
      onSelect(next.id);
      document.getElementById(tabId(tabs.indexOf(next)))?.focus();
    } else if (event.key === "Delete") {
      onClose(tabs[index]!.id);
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      onEnter(tabs[index]!.id);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div ref={ref} className={styles.tabs}>
      {/* A list of tabs may hold nothing but tabs, and each of these has its "Close" beside it. */}
      <div role="tablist" aria-label="Shells" aria-owns={tabs.map((_, index) => tabId(index)).join(" ")} />
      {tabs.map(({ id, name, count, ended }, index) => {
        const selected = id === active;
        return (
          <div key={id} className={styles.tab} data-selected={selected}>
            <button
              type="button"
              role="tab"
              id={tabId(index)}
              aria-selected={selected}
              aria-controls={panel}
              tabIndex={selected ? 0 : -1}
              title={count > 1 ? `${name}, one of ${count} in this tab` : name}
              className={styles.name}
              onClick={() => {
                onSelect(id);
                onEnter(id);
              }}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              {name}
              {count > 1 && <span className={styles.more}> +{count - 1}</span>}
              {ended && <span className={styles.ended}> ended</span>}
            </button>
            <button
              type="button"
              className={styles.close}
              tabIndex={-1}
              title="Close (Delete)"
              aria-label={`Close ${name}`}
              onClick={() => onClose(id)}
            >
              ×
            </button>
          </div>
        );
      })}
    </div>
  );
}
