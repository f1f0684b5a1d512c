import { memo, useEffect, useRef, useState } from "react";
import type { ReactNode } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useFleet, useStores, useView } from "../../state/context.tsx";
import type { PaneTab } from "../../state/view.ts";
import { Activity } from "../../activity/Activity.tsx";
import { Composer } from "../../activity/Composer.tsx";
import { PlanPanel } from "../../plan/PlanPanel.tsx";
import { DiffPane, TerminalPane } from "../parts.tsx";
import { PaneHeader } from "./PaneHeader.tsx";
import { PaneTabs, panelId, tabId } from "./PaneTabs.tsx";
import styles from "./SessionPane.module.css";

/**
 * One session: what it does, its terminals, its diff. It selects itself, and renders again for its own events only.
 * `beside`: with diff and terminal beside the activity, instead of behind tabs.
 */
export const SessionPane = memo(function SessionPane({
  session: id,
  beside = false,
}: {
  session: string;
  beside?: boolean;
}) {
  const session = useFleet((state) => state.sessions[id]);
  const focused = useView((state) => state.focused === id);
  const { view } = useStores();
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    // In view, but not the focus itself: where the person types must not change because another session asks.
    if (focused) region.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [focused]);
  if (!session) return null;
  return (
    <section
      ref={region}
      role="region"
      aria-label={session.title}
      className={styles.pane}
      data-pane={id}
      data-focused={focused || undefined}
      tabIndex={-1}
      onFocusCapture={() => focused || view.setState({ focused: id })}
      onMouseDownCapture={() => focused || view.setState({ focused: id })}
    >
      <PaneHeader session={session} />
      {beside ? <Beside session={session} /> : <Tabbed session={session} />}
    </section>
  );
});

function Tabbed({ session }: { session: SessionSummary }) {
  const { id } = session;
  const tab = useView((state) => state.tabs[id] ?? "activity");
  return (
    <>
      <PaneTabs session={session} tab={tab} />
      <div className={styles.panels}>
        <Panel session={id} tab="activity" shown={tab === "activity"}>
          <Activity session={id} />
        </Panel>
        <Panel session={id} tab="terminal" shown={tab === "terminal"}>
          <TerminalPane session={id} visible={tab === "terminal"} />
        </Panel>
        <Panel session={id} tab="diff" shown={tab === "diff"}>
          <DiffPane session={id} visible={tab === "diff"} />
        </Panel>
      </div>
      {/* A terminal has its own line to type in; a question is never out of sight. */}
      <Dock session={id} shown={tab !== "terminal" || session.state === "needs_you"} />
    </>
  );
}

/** What is behind a tab: made when it is first shown, then kept, with its scroll position and its terminals. */
function Panel({
  session,
  tab,
  shown,
  children,
}: {
  session: string;
  tab: PaneTab;
  shown: boolean;
  children: ReactNode;
}) {
  const [made, setMade] = useState(shown);
  useEffect(() => {
    if (shown) setMade(true);
  }, [shown]);
  return (
    <div
      role="tabpanel"
      id={panelId(session, tab)}
      aria-labelledby={tabId(session, tab)}
      className={styles.panel}
      hidden={!shown}
    >
      {(made || shown) && children}
    </div>
  );
}

function Dock({ session, shown }: { session: string; shown: boolean }) {
  return (
    <div className={styles.dock} hidden={!shown}>
      <PlanPanel session={session} />
      <Composer session={session} />
    </div>
  );
}

function Beside({ session }: { session: SessionSummary }) {
  const { id } = session;
  return (
    <div className={styles.beside}>
      <section className={styles.half} aria-label="Activity">
        <div className={styles.panel}>
          <Activity session={id} />
        </div>
        <Dock session={id} shown />
      </section>
      <section className={styles.half} aria-label="Diff and terminal">
        <div className={styles.quarter}>
          <DiffPane session={id} visible />
        </div>
        <div className={styles.quarter}>
          <TerminalPane session={id} visible />
        </div>
      </section>
    </div>
  );
}
