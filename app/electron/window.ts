import { BrowserWindow, nativeTheme, screen } from "electron";
import { fileURLToPath } from "node:url";
import { MIN_SIZE, placeWindow, readWindowState, writeWindowState } from "./window-state.ts";

/** It lies beside this file, and beside what this file was built into. */
const PRELOAD = fileURLToPath(new URL("./preload.cjs", import.meta.url));

/** Of tokens.css, so that nothing flashes before the page is there. */
const BACKGROUND = { dark: "#0e1014", light: "#f3f4f6" };

/** Opens the window where it was, on the page at `url`. `stateFile` remembers its place. */
export function openWindow(url: string, stateFile: string): BrowserWindow {
  const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const { bounds, maximized } = placeWindow(readWindowState(stateFile), areas);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    title: "Oriel",
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once("ready-to-show", () => window.show());
  const remember = (): void =>
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  // By name, since each of these events has an overload of its own. Linux has neither `moved` nor `resized`: there the
  // place is kept when the window closes.
  window.on("moved", remember);
  window.on("resized", remember);
  window.on("maximize", remember);
  window.on("unmaximize", remember);
  window.on("close", remember);
  loadPage(window, url);
  return window;
}

/** Loads the page. One that can't be loaded is told by `did-fail-load`; Electron rejects as well. */
export function loadPage(window: BrowserWindow, url: string): void {
  window.loadURL(url).catch(() => undefined);
}
