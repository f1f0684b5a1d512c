import { useImperativeHandle, useRef, useState } from "react";
import type { CSSProperties, MouseEvent, Ref } from "react";
import type { TerminalSummary } from "#shared/session/contract.ts";
import type { Address } from "../ipc/address.ts";
import { Button } from "../ui/Button.tsx";
import { FindBar } from "./FindBar.tsx";
import { PasteGuard } from "./PasteGuard.tsx";
import type { Place } from "./splits.ts";
import styles from "./TerminalPart.module.css";
import { TerminalNotice, TerminalStatus } from "./TerminalStatus.tsx";
import type { PaneKey } from "./key-actions.ts";
import type { TerminalView } from "./terminal-view.ts";
import { shownTitle } from "./titles.ts";
import { useFileLinks } from "./use-file-links.ts";
import { useScreen } from "./use-screen.ts";

/** What the pane's menu and keys do to a terminal. */
export interface PartHandle {
  /** Null while it is not shown. */
  readonly view: TerminalView | null;
  find(): void;
  paste(text: string): void;
}

interface TerminalPartProps {
  readonly ref: Ref<PartHandle>;
  readonly terminal: TerminalSummary;
  readonly name: string;
  readonly place: Place;
  readonly address: Address | null;
  readonly visible: boolean;
  /** Whether it shares its tab: then it has a line with its name. */
  readonly split: boolean;
  readonly active: boolean;
  /** Asked once it is there: whether it takes the keys. */
  readonly takesKeys: () => boolean;
  readonly onActive: () => void;
  readonly onKey: (key: Exclude<PaneKey, "larger" | "smaller" | "find">) => void;
  readonly onTold: (facts: Partial<Pick<TerminalSummary, "title" | "exitCode">>) => void;
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

const percent = (share: number): string => `${share * 100}%`;

/** One terminal in its place in the tab. */
export function TerminalPart(props: TerminalPartProps) {
  const { ref, terminal, name, place, address, visible, split, active, onKey, onTold } = props;
  const container = useRef<HTMLDivElement>(null);
  /** How often find was asked for since it was closed. */
  const [asked, setAsked] = useState(0);
  const sought = useRef("");
  const files = useFileLinks(terminal.session);
  const screen = useScreen(
    container,
    { address, terminal: terminal.id, shown: visible },
    {
      files,
      onReady() {
        // It was hidden meanwhile: the view is another one.
        if (sought.current !== "") screen.view.current?.find(sought.current, "as typed");
        if (props.takesKeys()) screen.view.current?.focus();
      },
      onExit: (exitCode) => onTold({ exitCode }),
      onTitle: (title) => onTold({ title: shownTitle(title) }),
      onKey: (key) => (key === "find" ? find() : onKey(key)),
    },
  );
  const find = (): void => setAsked((times) => times + 1);
  const endFind = (): void => {
    setAsked(0);
    sought.current = "";
    screen.view.current?.endFind();
    screen.view.current?.focus();
  };
  /** The grid is drawn from its top left corner: the rest of the room belongs to the terminal too. */
  const onRoomPressed = (event: MouseEvent<HTMLElement>): void => {
    if (event.target !== event.currentTarget && event.target !== container.current) return;
    // The browser would take the keys to whatever under the pointer can have them.
    event.preventDefault();
    screen.view.current?.focus();
  };
  useImperativeHandle(ref, () => ({
    get view() {
      return screen.view.current;
    },
    find,
    paste: screen.paste,
  }));
  const style: CSSProperties = {
    left: percent(place.left),
    top: percent(place.top),
    width: percent(place.width),
    height: percent(place.height),
  };
  return (
    <div
      role="group"
      aria-label={`Shell ${name}. Ctrl+Shift+Arrow Up leaves it.`}
      className={styles.part}
      style={style}
      data-active={(split && active) || undefined}
      data-left={place.left > 0 || undefined}
      data-top={place.top > 0 || undefined}
      onFocusCapture={() => active || props.onActive()}
    >
      {split && (
        <div className={styles.head}>
          <span className={styles.name} title={name}>
            {name}
          </span>
          <button
            type="button"
            className={styles.close}
            title="Close this terminal"
            aria-label={`Close terminal ${name}`}
            onClick={props.onClose}
          >
            ×
          </button>
        </div>
      )}
      {asked > 0 && (
        <FindBar
          asked={asked}
          found={screen.found}
          onFind={(text, direction) => {
            sought.current = text;
            screen.view.current?.find(text, direction);
          }}
          onClose={endFind}
        />
      )}
      <div className={styles.screen} onMouseDown={onRoomPressed}>
        <div ref={container} className={styles.grid} />
        <TerminalNotice status={screen.status} ended={terminal.exitCode !== null} />
        {screen.behind && (
          <Button
            className={styles.behind}
            onClick={() => {
              screen.view.current?.toEnd();
              screen.view.current?.focus();
            }}
          >
            ↓ New output
          </Button>
        )}
      </div>
      <TerminalStatus screen={screen} exitCode={terminal.exitCode} onOpen={props.onOpen} />
      {screen.held && <PasteGuard warning={screen.held.warning} onAnswer={screen.release} />}
    </div>
  );
}
