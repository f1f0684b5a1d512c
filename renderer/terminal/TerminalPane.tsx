import "@xterm/xterm/css/xterm.css";
import { useId, useMemo, useRef, useState } from "react";
import { findAddress } from "../ipc/address.ts";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { CloseTerminal } from "./CloseTerminal.tsx";
import { FindBar } from "./FindBar.tsx";
import { PasteGuard } from "./PasteGuard.tsx";
import { TerminalMenu } from "./TerminalMenu.tsx";
import { TerminalStatus } from "./TerminalStatus.tsx";
import { TerminalTabs } from "./TerminalTabs.tsx";
import styles from "./TerminalPane.module.css";
import { shownTitle } from "./titles.ts";
import { useScreen } from "./use-screen.ts";
import { useTerminals } from "./use-terminals.ts";

/** A session's terminals: shells in its worktree. Only the one that is seen streams into the page. */
export function TerminalPane({ session, visible }: { session: string; visible: boolean }) {
  const blocked = useFleet((fleet) => blockedBy(fleet.sessions[session]));
  const terminals = useTerminals(session, { visible, usable: blocked === null });
  const address = useMemo(findAddress, []);
  const container = useRef<HTMLDivElement>(null);
  const tabs = useRef<HTMLDivElement>(null);
  const [finding, setFinding] = useState(false);
  const [closing, setClosing] = useState<string | null>(null);
  const panel = useId();

  const active = terminals.list?.find(({ id }) => id === terminals.active) ?? null;
  const terminal = active?.id ?? null;
  const screen = useScreen(
    container,
    { address, terminal, shown: visible },
    {
      onExit: (exitCode) => terminal && terminals.told(terminal, { exitCode }),
      onTitle: (title) => terminal && terminals.told(terminal, { title: shownTitle(title) }),
      onFind: () => setFinding(true),
      onLeave: () => tabs.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus(),
    },
  );
  const close = (id: string): void => {
    const ended = terminals.list?.find((one) => one.id === id)?.exitCode !== null;
    if (ended) terminals.close(id);
    else setClosing(id);
  };

  if (terminals.list === null || terminals.list.length === 0) {
    return (
      <NoTerminal
        blocked={blocked}
        opening={terminals.opening}
        listed={terminals.list !== null}
        open={terminals.open}
      />
    );
  }
  return (
    <div className={styles.pane}>
      <div className={styles.bar}>
        <TerminalTabs
          ref={tabs}
          panel={panel}
          terminals={terminals.list}
          active={terminal}
          onSelect={terminals.select}
          onEnter={() => screen.view.current?.focus()}
          onClose={close}
        />
        <Button
          look="quiet"
          onClick={terminals.open}
          disabled={terminals.opening || blocked !== null}
          title="Open a terminal"
          aria-label="Open a terminal"
        >
          +
        </Button>
        <span className={styles.gap} />
        <TerminalMenu screen={screen} onFind={() => setFinding(true)} />
      </div>
      {finding && (
        <FindBar
          found={screen.found}
          onFind={(text, direction) => screen.view.current?.find(text, direction)}
          onClose={() => {
            setFinding(false);
            screen.view.current?.endFind();
            screen.view.current?.focus();
          }}
        />
      )}
      <div
        id={panel}
        role="tabpanel"
        aria-label={`Shell ${active ? active.title : ""}. Ctrl+Shift+Arrow Up leaves it.`}
        className={styles.screen}
        // The grid is drawn from its top left corner: the rest of the room belongs to the terminal too.
        onMouseDown={(event) => event.target === event.currentTarget && screen.view.current?.focus()}
      >
        <div ref={container} className={styles.grid} />
      </div>
      <TerminalStatus screen={screen} exitCode={active?.exitCode ?? null} onOpen={terminals.open} />
      {screen.held && <PasteGuard warning={screen.held.warning} onAnswer={screen.release} />}
      {closing !== null && (
        <CloseTerminal
          onAnswer={(yes) => {
            setClosing(null);
            if (yes) terminals.close(closing);
          }}
        />
      )}
    </div>
  );
}

type SessionFacts = { readonly worktree: string | null; readonly trash: string | null } | undefined;

/** Why no terminal can be opened now, in words, or null. */
function blockedBy(session: SessionFacts): string | null {
  if (session === undefined) return "This session is not known yet.";
  if (session.trash !== null)
    return "This session is archived. Restore it to open a terminal in its worktree.";
  if (session.worktree === null)
    return "The worktree is being prepared. A terminal opens here when it is ready.";
  return null;
}

function NoTerminal({
  blocked,
  opening,
  listed,
  open,
}: {
  blocked: string | null;
  opening: boolean;
  listed: boolean;
  open: () => void;
}) {
  if (blocked !== null) return <p className={styles.empty}>{blocked}</p>;
  if (opening || !listed) return <p className={styles.empty}>Opening a shell in the worktree…</p>;
  return (
    <div className={styles.empty}>
      <p>
        No terminal is open. A terminal is a shell in this session's worktree; it keeps running when Oriel
        closes.
      </p>
      <Button onClick={open}>Open a terminal</Button>
    </div>
  );
}
