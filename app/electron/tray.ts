import { Menu, Tray } from "electron";
import type { MenuItemConstructorOptions } from "electron";
import { trayIcon } from "./icon.ts";
import type { FleetFacts } from "./follow.ts";
import { waiting } from "./news.ts";

export interface TrayActions {
  open(): void;
  setKeepRunning(keep: boolean): void;
  /** Leaves; agents go on or not, as the setting says. */
  quit(): void;
  quitAndStop(): void;
}

/** How many turns are on, or wait for a place. */
const working = ({ sessions }: FleetFacts): number =>
  [...sessions.values()].filter(({ turn, queuedTurn }) => turn?.status === "running" || queuedTurn !== null)
    .length;

/** One line on how it stands. */
export function trayWords(facts: FleetFacts): string {
  const needsYou = waiting(facts.sessions.values());
  const running = working(facts);
  const words = [
    needsYou > 0 && `${needsYou} ${needsYou === 1 ? "needs" : "need"} you`,
    running > 0 && `${running} running`,
  ];
  return words.filter(Boolean).join(", ") || "No session is running";
}

export function trayTemplate(facts: FleetFacts, actions: TrayActions): MenuItemConstructorOptions[] {
  return [
    { label: trayWords(facts), enabled: false },
    { label: "Open Oriel", click: actions.open },
    { type: "separator" },
    {
      label: "Agents go on when the window is closed",
      type: "checkbox",
      checked: facts.settings.keepRunning,
      click: ({ checked }) => actions.setKeepRunning(checked),
    },
    { type: "separator" },
    { label: "Quit", click: actions.quit },
    { label: "Quit and stop all", enabled: working(facts) > 0, click: actions.quitAndStop },
  ];
}

/** The tray's icon, and the function that brings it up to date. The caller keeps it: a tray that is forgotten disappears. */
export function createTray(actions: TrayActions): { readonly tray: Tray; show(facts: FleetFacts): void } {
  const tray = new Tray(trayIcon(false));
  tray.on("click", actions.open);
  let shown = "";
  return {
    tray,
    show: (facts) => {
      // A menu that is replaced while it is open closes: only when it says something else.
      const words = `${trayWords(facts)} ${facts.settings.keepRunning}`;
      if (words === shown) return;
      shown = words;
      tray.setToolTip(`Oriel: ${trayWords(facts)}`);
      tray.setImage(trayIcon(waiting(facts.sessions.values()) > 0));
      tray.setContextMenu(Menu.buildFromTemplate(trayTemplate(facts, actions)));
    },
  };
}
