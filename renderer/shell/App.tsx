import { useEffect } from "react";
import { useFleet, useStores, useView } from "../state/context.tsx";
import { Toasts } from "../ui/toasts.tsx";
import {
  Activity,
  AddProjectDialog,
  Composer,
  DiffPane,
  NewSessionDialog,
  PlanPanel,
  SettingsDialog,
  TerminalPane,
} from "./parts.tsx";

export function App() {
  const { sync, view } = useStores();
  const panes = useView((state) => state.panes);
  const tabs = useView((state) => state.tabs);
  const dialog = useView((state) => state.dialog);
  const theme = useFleet((state) => state.settings.theme);
  useEffect(() => sync.watch(panes), [sync, panes]);
  useEffect(() => void (document.documentElement.dataset["theme"] = theme), [theme]);
  const close = () => view.setState({ dialog: null });
  return (
    <div data-app style={{ display: "flex", height: "100%" }}>
      {panes.map((id) => (
        <section
          key={id}
          aria-label={id}
          style={{ flex: 1, minWidth: 0, display: "flex", flexDirection: "column" }}
        >
          <div style={{ flex: 1, minHeight: 0, position: "relative" }}>
            {(tabs[id] ?? "activity") === "activity" && <Activity session={id} />}
            {tabs[id] === "terminal" && <TerminalPane session={id} visible />}
            {tabs[id] === "diff" && <DiffPane session={id} visible />}
          </div>
          <PlanPanel session={id} />
          <Composer session={id} />
        </section>
      ))}
      {dialog === "new-session" && <NewSessionDialog onClose={close} />}
      {dialog === "add-project" && <AddProjectDialog onClose={close} />}
      {dialog === "settings" && <SettingsDialog onClose={close} />}
      <Toasts />
    </div>
  );
}
