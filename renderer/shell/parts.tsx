/** Parts of the window that are large and not seen at once. */
import { late } from "../ui/late.tsx";

const terminal = async () => (await import("../terminal/TerminalPane.tsx")).TerminalPane;
const diff = async () => (await import("../diff/DiffPane.tsx")).DiffPane;
const settings = async () => (await import("../settings/SettingsDialog.tsx")).SettingsDialog;
const addProject = async () => (await import("../sessions/AddProjectDialog.tsx")).AddProjectDialog;
const newSession = async () => (await import("../sessions/NewSessionDialog.tsx")).NewSessionDialog;

export const TerminalPane = late(terminal);
export const DiffPane = late(diff);
export const SettingsDialog = late(settings);
export const AddProjectDialog = late(addProject);
export const NewSessionDialog = late(newSession);

/** Loads them when the page has nothing else to do: a host that is gone, or of another version, has no files of this page. */
export function loadPartsWhenIdle(): void {
  const parts = [terminal, diff, newSession, settings, addProject];
  requestIdleCallback(() => void Promise.allSettled(parts.map((load) => load())));
}
