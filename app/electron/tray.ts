import { Menu, Tray } from "electron";
import type { MenuItemConstructorOptions } from "electron";
import { plural } from "#shared/kernel/human.ts";
import { isWorking } from "#shared/session/summary.ts";
import type { FleetFacts } from "./follow.ts";
import { trayIcon } from "./icon.ts";
import { waiting } from "./news.ts";

export interface TrayActions {
  open(): void;
  setKeepRunning(keep: boolean): void;
  /** Leaves; agents go on or not, as the setting says. */
  quit(): void;
  /** Ends all that runs, shells and their servers too, and leaves. */
  quitAndStop(): void;
}

const working = ({ sessions }: FleetFacts): number => [...sessions.values()].filter(isWorking).length;

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

function quitAndStopWords(facts: FleetFacts): string {
  const running = working(facts);
  return `Quit and stop everything${running > 0 ? ` (${plural(running, "turn")}, and all shells)` : ""}`;
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
    // Always: shells and servers run also where no turn does.
    { label: quitAndStopWords(facts), click: actions.quitAndStop },
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
