/**
 * The port between the page and the window's process: five members, and no others (a sandboxed preload is one CommonJS
 * file). What the page may ask is checked where it arrives.
 */
const { contextBridge, ipcRenderer, webUtils } = require("electron");

/** @type {{ origin: string, token: string } | null} null for a page that is not the host's */
const address = ipcRenderer.sendSync("oriel:address");

if (address !== null) {
  contextBridge.exposeInMainWorld("oriel", {
    origin: address.origin,
    token: address.token,
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
}
