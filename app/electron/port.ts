/** The main process's end of the preload's port. Only the page that the host serves gets an answer. */
import { ipcMain } from "electron";
import type { IpcMainEvent, IpcMainInvokeEvent } from "electron";
import type { PageAddress } from "./address.ts";
import type { Keychain } from "./keychain.ts";

/** A key is no longer than this: what is longer is no key. Characters. */
const MAX_KEY = 1000;

/** Answers the preload. `page` is where the page lies now, or null before it is known. */
export function servePort(page: () => PageAddress | null, keychain: Keychain): void {
  const trusted = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const { senderFrame, sender } = event;
    // Null when the frame went away meanwhile. A frame within the page is not the page.
    return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.origin === page()?.page;
  };
  const handle = (channel: string, work: (argument: unknown) => unknown): void =>
    ipcMain.handle(channel, (event, argument: unknown) => {
      if (!trusted(event)) throw new Error("this page may not ask for that");
      return work(argument);
    });

  ipcMain.on("oriel:address", (event) => {
    const address = page();
    event.returnValue = trusted(event) && address ? { origin: address.origin, token: address.token } : null;
  });
  handle("oriel:key-has", () => keychain.has());
  handle("oriel:key-set", (key) =>
    typeof key === "string" && /^[\x21-\x7e]+$/.test(key) && key.length <= MAX_KEY
      ? keychain.set(key)
      : "That is no key.",
  );
  handle("oriel:key-clear", () => keychain.clear());
}
