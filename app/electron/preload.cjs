/**
 * The port between the page and the window's process: four members, and no others (a sandboxed preload is one CommonJS
 * file). Who asks, and what, is checked where it arrives.
 */
const { contextBridge, ipcRenderer, webUtils } = require("electron");

contextBridge.exposeInMainWorld("oriel", {
  /** Asked for by the page, not here: while a preload runs, Electron may not know yet which page its frame holds. */
  address: () => ipcRenderer.sendSync("oriel:address"),
  key: {
    has: () => ipcRenderer.invoke("oriel:key-has"),
    /** @param {string} key */
    set: (key) => ipcRenderer.invoke("oriel:key-set", key),
    clear: () => ipcRenderer.invoke("oriel:key-clear"),
  },
  /** @param {File} file */
  pathOf: (file) => webUtils.getPathForFile(file),
  /** @param {(command: unknown) => void} listener */
  onCommand: (listener) => {
    /** The page never sees the event: it holds the sender. @param {unknown} _event @param {unknown} command */
    const pass = (_event, command) => listener(command);
    ipcRenderer.on("oriel:command", pass);
    ipcRenderer.send("oriel:listening");
    return () => void ipcRenderer.removeListener("oriel:command", pass);
  },
});
