import { useMemo, useState } from "react";
import { useFleet, useStores, useView } from "../state/context.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { useSessionActions } from "./actions.ts";
import styles from "./App.module.css";
import { Away } from "./Away.tsx";
import type { CommandContext } from "./commands.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { Empty } from "./Empty.tsx";
import { FirstRun } from "./FirstRun.tsx";
import { useKeepFocus } from "./keep-focus.ts";
import { Columns } from "./layouts/Columns.tsx";
import { Wall } from "./layouts/Wall.tsx";
import { MergeDialog } from "./MergeDialog.tsx";
import { Palette } from "./palette/Palette.tsx";
import { SessionPane } from "./pane/SessionPane.tsx";
import { AddProjectDialog, NewSessionDialog, SettingsDialog } from "./parts.tsx";
import { Shortcuts } from "./Shortcuts.tsx";
import { Sidebar } from "./sidebar/Sidebar.tsx";
import { Skeleton } from "./Skeleton.tsx";
import { StopAllDialog } from "./StopAllDialog.tsx";
import { TopBar } from "./TopBar.tsx";
import { useMedia, useNarrow } from "./use-media.ts";
import { useNative } from "./use-native.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useOpenNew, usePanes, useThemeOnPage, useTitle, useTurns, useWatched } from "./window-hooks.ts";

/** The whole window. Stores come from the context; everything below selects what it shows by itself. */
export function App() {
  const stores = useStores();
  const actions = useSessionActions();
  const context = useMemo(() => ({ stores, actions }), [stores, actions]);
  const loaded = useFleet((state) => state.loaded);
  useThemeOnPage();
  useTitle();
  useKeepFocus();
  useShortcuts(context);
  useNative(context);
  useOpenNew();
  return (
    <div className={styles.app} data-app>
      {loaded ? <Window /> : <Loading />}
      <Dialogs context={context} />
    </div>
  );
}

function Loading() {
  return (
    <>
      <ConnectionBanner />
      <Skeleton />
      <Toasts floating />
    </>
  );
}

function Window() {
  const narrow = useNarrow();
  useTurns(narrow);
  const sidebar = useView((state) => state.sidebarOpen);
  const nothing = useFleet(
    (state) => Object.keys(state.projects).length === 0 && state.sessionIds.length === 0,
  );
  // The sample is a project before it has sessions: what is about to come must not be asked for.
  const [starting, setStarting] = useState(false);
  const none = useFleet((state) => state.sessionIds.length === 0);
  const first = nothing || (starting && none);
  // Where the list would take the whole window, an empty one would hide what to do next.
  const listed = sidebar && !first && !(narrow && none);
  return (
    <>
      <TopBar />
      <ConnectionBanner />
      <Away />
      <div className={styles.rest}>
        {listed ? <Sidebar /> : <Toasts floating />}
        {(!narrow || !listed) && (
          <main className={styles.main} aria-label="Open sessions">
            {first ? <FirstRun onStarting={setStarting} /> : <Sessions narrow={narrow} />}
          </main>
        )}
      </div>
    </>
  );
}

/** Below this a focused session has its faces behind tabs, as in columns. */
const BESIDE = "(min-width: 1000px)";

function Sessions({ narrow }: { narrow: boolean }) {
  const layout = useView((state) => state.layout);
  const focused = useView((state) => state.focused);
  const panes = usePanes();
  const exists = useFleet((state) => focused !== null && state.sessions[focused] !== undefined);
  const beside = useMedia(BESIDE);
  const single = exists ? focused : (panes[0] ?? null);
  const alone = narrow || layout === "focus";
  useWatched(layout === "wall" ? NONE : !alone ? panes : single === null ? NONE : [single]);
  if (layout === "wall") return <Wall />;
  if (single === null || (!alone && panes.length === 0)) return <Empty />;
  if (!alone) return <Columns panes={panes} />;
  return <SessionPane key={single} session={single} beside={!narrow && beside} />;
}

const NONE: readonly string[] = [];

function Dialogs({ context }: { context: CommandContext }) {
  const { view } = context.stores;
  const dialog = useView((state) => state.dialog);
  const focused = useView((state) => state.focused);
  const close = (): void => void view.setState({ dialog: null });
  switch (dialog) {
    case "new-session":
      return <NewSessionDialog onClose={close} />;
    case "add-project":
      return <AddProjectDialog onClose={close} />;
    case "settings":
      return <SettingsDialog onClose={close} />;
    case "palette":
      return <Palette context={context} onClose={close} />;
    case "shortcuts":
      return <Shortcuts onClose={close} />;
    case "stop-all":
      return <StopAllDialog onClose={close} />;
    case "merge":
      return focused === null ? null : <MergeDialog session={focused} onClose={close} />;
    case null:
      return null;
  }
}
