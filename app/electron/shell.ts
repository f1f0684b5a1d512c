/** The app around the page: one window, the tray, the badge and the notifications, kept in step with the host. */
import { app, dialog, ipcMain, Menu } from "electron";
import type { BrowserWindow } from "electron";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Connection } from "#app/cli/connect.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { WindowCommand } from "#shared/session/window-commands.ts";
import type { PageAddress } from "./address.ts";
import type { FleetFacts } from "./follow.ts";
import { guardPages } from "./guard.ts";
import { trayIcon } from "./icon.ts";
import { createKeychain } from "./keychain.ts";
import { menuTemplate } from "./menu.ts";
import { waiting, worthSaying } from "./news.ts";
import { createNotifier } from "./notifier.ts";
import { servePort } from "./port.ts";
import { superviseHost } from "./supervisor.ts";
import { createTray } from "./tray.ts";
import { loadPage, openWindow } from "./window.ts";

export interface ShellOptions {
  /** Connects to the host, which it starts where none runs. */
  readonly open: () => Promise<Connection>;
  /** Where the window's place and the encrypted key are kept. */
  readonly stateDir: string;
  /** The session to show first. */
  readonly session: string | undefined;
  /** The window is there: whoever started the app need not wait any longer. */
  readonly onOpen: () => void;
}

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 5000;
/** A page that keeps crashing is not loaded for ever. */
const MOST_RELOADS = 3;
/** What `did-fail-load` says when another load took its place. */
const ABORTED = -3;

/** What a second start hands to the first one. Not its arguments: Chromium moves and adds to those. */
export const secondStart = z.object({ session: z.string().optional() });
export type SecondStart = z.infer<typeof secondStart>;

/** Runs the app until it quits. To be called once Electron is ready. */
export function runShell({ open, stateDir, session, onOpen }: ShellOptions): void {
  const windowFile = path.join(stateDir, "window.json");
  const keychain = createKeychain(path.join(stateDir, "key"));
  let address: PageAddress | null = null;
  let facts: FleetFacts | null = null;
  let window: BrowserWindow | null = null;
  /** What the page is to do once it listens; null while it does. */
  let held: WindowCommand[] | null = session === undefined ? [] : [{ kind: "open", session }];
  /** The page could not be loaded: the host was gone. It is loaded when there is one again. */
  let unloaded = false;

  const show = (command?: WindowCommand): void => {
    if (command) send(command);
    if (window) {
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    } else if (address) {
      createWindow(address);
    }
  };
  const send = (command: WindowCommand): void => {
    if (held) held.push(command);
    else window?.webContents.send("oriel:command", command);
  };
  const createWindow = ({ page }: PageAddress): void => {
    const created = openWindow(page, windowFile);
    let reloads = 0;
    window = created;
    held ??= [];
    const opened = (): void => {
      showBadge();
      onOpen();
    };
    created.once("ready-to-show", opened);
    // A page that is loaded again listens again.
    created.webContents.on("did-start-navigation", ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) held ??= [];
    });
    created.webContents.on("did-fail-load", (_event, code, _words, _url, isMainFrame) => {
      if (!isMainFrame || code === ABORTED) return;
      unloaded = true;
      // An empty window, which is filled as soon as there is a host again, is more than none.
      created.show();
      opened();
    });
    created.webContents.on("render-process-gone", (_event, { reason }) => {
      if (reason === "clean-exit" || reloads >= MOST_RELOADS) return;
      reloads += 1;
      created.webContents.reload();
    });
    created.on("closed", () => {
      window = null;
      held ??= [];
    });
  };
  const notifier = createNotifier((wanted) => show({ kind: "open", session: wanted }));
  const showBadge = (): void => {
    const count = waiting(facts?.sessions.values() ?? []);
    app.setBadgeCount(count);
    // Windows has no number in its task bar, but a place for a mark.
    if (process.platform === "win32") {
      window?.setOverlayIcon(count > 0 ? trayIcon(true) : null, count > 0 ? `${count} need you` : "");
    }
  };

  guardPages(() => address?.page ?? null);
  servePort(() => address, keychain);
  ipcMain.on("oriel:listening", ({ sender }) => {
    if (sender !== window?.webContents) return;
    const waited = held ?? [];
    held = null;
    for (const command of waited) send(command);
  });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate(process.platform, (id) => show({ kind: "command", id }))),
  );

  const host = superviseHost({
    open,
    key: keychain.read,
    onPage: (next) => {
      const first = address === null;
      const moved = address !== null && address.page !== next.page;
      address = next;
      const again = moved || unloaded;
      unloaded = false;
      if (first) show();
      else if (window && again) loadPage(window, next.page);
    },
    onChange: (next, news) => {
      facts = next;
      tray.show(next);
      showBadge();
      const looking = window?.isFocused() ?? false;
      notifier.settle(next.sessions);
      for (const one of worthSaying(news, next.sessions, { settings: next.settings, looking })) {
        notifier.tell(one);
      }
    },
    onFailure: (error) => {
      // With a page, it is the page that says so, and it goes on as soon as there is a host again.
      if (address !== null) return;
      dialog.showErrorBox("Oriel could not start", wordsOf(error));
      app.exit(1);
    },
    pause: (attempt, signal) =>
      sleep(Math.min(FIRST_PAUSE_MS * 2 ** attempt, LAST_PAUSE_MS), undefined, { signal }).catch(
        () => undefined,
      ),
  });
  const quitAndStop = async (): Promise<void> => {
    try {
      await host.stopAll();
    } catch (error) {
      dialog.showErrorBox("Stopping everything did not go as it should", wordsOf(error));
    }
    app.quit();
  };
  const tray = createTray({
    open: () => show(),
    setKeepRunning: (keepRunning) =>
      void host
        .client()
        ?.settings.set({ keepRunning })
        .catch(() => undefined),
    quit: () => app.quit(),
    quitAndStop: () => void quitAndStop(),
  });

  app.on("second-instance", (_event, _argv, _folder, handed) => {
    const wanted = secondStart.safeParse(handed).data?.session;
    show(wanted === undefined ? undefined : { kind: "open", session: wanted });
  });
  app.on("activate", () => show());
  // Where agents go on, the tray stays; where not, the host ends them once its last client has gone.
  app.on("window-all-closed", () => {
    if (facts?.settings.keepRunning !== true) app.quit();
  });
  let leaving = false;
  app.on("will-quit", (event) => {
    if (leaving) return;
    leaving = true;
    event.preventDefault();
    void host[Symbol.asyncDispose]().then(() => app.exit(0));
  });
}

/** What happened, what was kept and what to do, in the host's own words. */
function wordsOf(error: unknown): string {
  const failure = failureOf(error);
  if (failure === null) return error instanceof Error ? error.message : String(error);
  return [failure.message, failure.kept, failure.hint, failure.details && `\nDetails: ${failure.details}`]
    .filter(Boolean)
    .join("\n");
}
