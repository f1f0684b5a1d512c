import { memo } from "react";
import type { KeyboardEvent } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useStores } from "../../state/context.tsx";
import { withTab } from "../../state/view.ts";
import type { PaneTab } from "../../state/view.ts";
import { Changes } from "../summary-words.tsx";
import styles from "./PaneTabs.module.css";

const TABS: readonly { readonly tab: PaneTab; readonly word: string }[] = [
  { tab: "activity", word: "Activity" },
  { tab: "terminal", word: "Terminal" },
  { tab: "diff", word: "Diff" },
];

export const tabId = (session: string, tab: PaneTab): string => `tab-${session}-${tab}`;
export const panelId = (session: string, tab: PaneTab): string => `panel-${session}-${tab}`;

/** The three faces of a session. One stop for Tab; arrows choose. */
export const PaneTabs = memo(function PaneTabs({ session, tab }: { session: SessionSummary; tab: PaneTab }) {
  const { view } = useStores();
  const { id } = session;
  const choose = (next: PaneTab): void =>
    void view.setState((state) => ({ tabs: { ...state.tabs, [id]: next } }));
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = TABS.findIndex((candidate) => candidate.tab === tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = TABS[(to + TABS.length) % TABS.length];
    if (!next) return;
    choose(next.tab);
    document.querySelector<HTMLElement>(`#${CSS.escape(tabId(id, next.tab))}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Faces of the session" className={styles.tabs} onKeyDown={onKeyDown}>
      {TABS.map(({ tab: own, word }) => (
        <button
          key={own}
          type="button"
          role="tab"
          id={tabId(id, own)}
          aria-selected={own === tab}
          aria-controls={panelId(id, own)}
          tabIndex={own === tab ? 0 : -1}
          className={styles.tab}
          // A click and Enter go into the face; arrows only walk over the tabs.
          onClick={() => view.setState((state) => withTab(state, id, own))}
        >
          {word}
          {own === "diff" && <Changes changes={session.changes} />}
        </button>
      ))}
    </div>
  );
});
