/** Parts of the window that are built in folders of their own: loaded when first shown. */
import { lazy, Suspense } from "react";
import type { ComponentType } from "react";

const FILES = import.meta.glob([
  "../activity/{Activity,Composer}.tsx",
  "../plan/PlanPanel.tsx",
  "../terminal/TerminalPane.tsx",
  "../diff/DiffPane.tsx",
  "../sessions/{NewSessionDialog,AddProjectDialog}.tsx",
  "../settings/SettingsDialog.tsx",
]);

function part<Props extends object>(file: string, name: string): ComponentType<Props> {
  const load = FILES[file];
  if (!load) return () => null;
  const Part = lazy(async () => ({
    default: ((await load()) as Record<string, ComponentType<Props>>)[name] as ComponentType<Props>,
  }));
  return (props: Props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  );
}

export const Activity = part<{ session: string }>("../activity/Activity.tsx", "Activity");
export const Composer = part<{ session: string }>("../activity/Composer.tsx", "Composer");
export const PlanPanel = part<{ session: string }>("../plan/PlanPanel.tsx", "PlanPanel");
export const TerminalPane = part<{ session: string; visible: boolean }>(
  "../terminal/TerminalPane.tsx",
  "TerminalPane",
);
export const DiffPane = part<{ session: string; visible: boolean }>("../diff/DiffPane.tsx", "DiffPane");
export const NewSessionDialog = part<{ onClose: () => void }>(
  "../sessions/NewSessionDialog.tsx",
  "NewSessionDialog",
);
export const AddProjectDialog = part<{ onClose: () => void }>(
  "../sessions/AddProjectDialog.tsx",
  "AddProjectDialog",
);
export const SettingsDialog = part<{ onClose: () => void }>(
  "../settings/SettingsDialog.tsx",
  "SettingsDialog",
);
