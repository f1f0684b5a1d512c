/** Parts of the window that are large and not seen at once: loaded when first shown. */
import { lazy, Suspense } from "react";
import type { ComponentType } from "react";

function late<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const Part = lazy(async () => ({ default: await load() }));
  return (props: Props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  );
}

export const TerminalPane = late(async () => (await import("../terminal/TerminalPane.tsx")).TerminalPane);
export const DiffPane = late(async () => (await import("../diff/DiffPane.tsx")).DiffPane);
export const SettingsDialog = late(
  async () => (await import("../settings/SettingsDialog.tsx")).SettingsDialog,
);
export const AddProjectDialog = late(
  async () => (await import("../sessions/AddProjectDialog.tsx")).AddProjectDialog,
);
export const NewSessionDialog = late(
  async () => (await import("../sessions/NewSessionDialog.tsx")).NewSessionDialog,
);
