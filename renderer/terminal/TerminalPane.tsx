import "@xterm/xterm/css/xterm.css";
import { useId, useMemo, useRef, useState } from "react";
import type { RefCallback } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { TerminalSummary } from "#shared/session/contract.ts";
import { findAddress } from "../ipc/address.ts";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { CloseTerminal } from "./CloseTerminal.tsx";
import { NoTerminal } from "./NoTerminal.tsx";
import { activeOf, bordersIn, latestIn, placesIn, tabWith, terminalsIn } from "./splits.ts";
import type { Direction } from "./splits.ts";
import { SplitBorder } from "./SplitBorder.tsx";
import { TerminalMenu } from "./TerminalMenu.tsx";
import { TerminalPart } from "./TerminalPart.tsx";
import type { PartHandle } from "./TerminalPart.tsx";
import { TerminalTabs } from "./TerminalTabs.tsx";
import styles from "./TerminalPane.module.css";
import type { PaneKey } from "./key-actions.ts";
import { shownTitle } from "./titles.ts";
import { useTerminals } from "./use-terminals.ts";

/**
 * A session's terminals: shells in its worktree, in tabs that can be split. Only those that are seen stream into the
 * page.
 */
export function TerminalPane({ session, visible }: { session: string; visible: boolean }) {
  const blocked = useFleet((fleet) => blockedBy(fleet.sessions[session]));
  const terminals = useTerminals(session, { visible, usable: blocked === null });
  const address = useMemo(findAddress, []);
  const tabs = useRef<HTMLDivElement>(null);
  const parts = useParts();
  const [closing, setClosing] = useState<readonly string[]>([]);
  /** The terminal that gets the keys when it is there. */
  const wanted = useRef<string | null>(null);
  const panel = useId();

  const { arrangement } = terminals;
  const list = terminals.list ?? [];
  const active = activeOf(arrangement);
  const tab = tabWith(arrangement, active);
  const shown = tab === null ? [] : placesIn(tab);
  const names = new Map(
    arrangement.tabs.flatMap(terminalsIn).map((id, index) => [id, nameOf(list, id, index)]),
  );
  const focus = (terminal: string | null): void => {
    const view = parts.of(terminal)?.view;
    view?.focus();
    wanted.current = view ? null : terminal;
  };
  const open = async (direction?: Direction): Promise<void> => {
    focus(await terminals.open(active !== null && direction ? { beside: active, direction } : undefined));
  };
  const close = (ids: readonly string[]): void => {
    const running = list.some(({ id, exitCode }) => ids.includes(id) && exitCode === null);
    if (running) setClosing(ids);
    else terminals.close(ids);
  };
  const step = (by: number): void => {
    const at = shown.findIndex(({ terminal }) => terminal === active);
    const next = shown.at((at + by) % shown.length)?.terminal;
    if (next !== undefined) focus(next);
  };
  const onKey = (key: Exclude<PaneKey, "larger" | "smaller" | "find">): void => {
    switch (key) {
      case "leave":
        return tabs.current?.querySelector<HTMLElement>("[aria-selected=true]")?.focus();
      case "split-beside":
        return void open("row");
      case "split-below":
        return void open("column");
      case "next-split":
        return step(1);
      case "previous-split":
        return step(-1);
      default:
        assertNever(key);
    }
  };

  if (list.length === 0) {
    return (
      <NoTerminal
        blocked={blocked}
        opening={terminals.opening}
        listed={terminals.list !== null}
        failed={terminals.failed}
        open={() => void open()}
        retry={terminals.retry}
      />
    );
  }
  return (
    <div className={styles.pane} data-terminals>
      <div className={styles.bar}>
        <TerminalTabs
          ref={tabs}
          panel={panel}
          tabs={arrangement.tabs.map((one) => {
            const ids = terminalsIn(one);
            const id = latestIn(one, arrangement);
            const ended = list.every((terminal) => !ids.includes(terminal.id) || terminal.exitCode !== null);
            return { id, name: names.get(id) ?? "", count: ids.length, ended };
          })}
          active={active}
          onSelect={terminals.select}
          onEnter={focus}
          onClose={(id) => close(terminalsIn(tabWith(arrangement, id) ?? id))}
        />
        <Button
          look="quiet"
          onClick={() => void open()}
          // Not while one is being opened: it would lose the keys, which are that one's.
          disabled={blocked !== null}
          title="Open a terminal"
          aria-label="Open a terminal"
        >
          +
        </Button>
        <span className={styles.gap} />
        <TerminalMenu part={() => parts.of(active)} onSplit={(direction) => void open(direction)} />
      </div>
      <div id={panel} role="tabpanel" aria-label="Terminals of the tab" className={styles.parts}>
        {shown.map((place) => {
          const terminal = list.find(({ id }) => id === place.terminal);
          return (
            terminal && (
              <TerminalPart
                key={place.terminal}
                ref={parts.ref(place.terminal)}
                {...{ terminal, place, address, visible, onKey }}
                name={names.get(terminal.id) ?? ""}
                split={shown.length > 1}
                active={terminal.id === active}
                takesKeys={() => {
                  const takes = wanted.current === terminal.id;
                  if (takes) wanted.current = null;
                  return takes;
                }}
                onActive={() => terminals.select(terminal.id)}
                onTold={(facts) => terminals.told(terminal.id, facts)}
                onOpen={() => void open()}
                onClose={() => close([terminal.id])}
              />
            )
          );
        })}
        {tab !== null &&
          bordersIn(tab).map((border) => (
            <SplitBorder
              key={border.path.join()}
              border={border}
              name={`Border between ${border.between.map((id) => names.get(id) ?? "").join(" and ")}`}
              onMove={(value) => terminals.moveBorder(border, value)}
            />
          ))}
      </div>
      {closing.length > 0 && (
        <CloseTerminal
          count={closing.length}
          onAnswer={(yes) => {
            setClosing([]);
            if (yes) terminals.close(closing);
          }}
        />
      )}
    </div>
  );
}

/** The terminals that are on the page now, by id. */
function useParts() {
  const parts = useRef(new Map<string, PartHandle>());
  const refs = useRef(new Map<string, RefCallback<PartHandle>>());
  return {
    of: (terminal: string | null): PartHandle | undefined => parts.current.get(terminal ?? ""),
    /** Always the same one for a terminal: another would be called at each render. */
    ref: (terminal: string): RefCallback<PartHandle> => {
      const before = refs.current.get(terminal);
      if (before) return before;
      const created: RefCallback<PartHandle> = (part) => {
        if (part) parts.current.set(terminal, part);
        else parts.current.delete(terminal);
      };
      refs.current.set(terminal, created);
      return created;
    },
  };
}

function nameOf(list: readonly TerminalSummary[], id: string, index: number): string {
  return `${index + 1}: ${shownTitle(list.find((terminal) => terminal.id === id)?.title ?? "") || "shell"}`;
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
