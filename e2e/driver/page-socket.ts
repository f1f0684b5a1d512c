import { WebSocket } from "ws";

/** A WebSocket for the page's own modules in Node: it says, as a browser's does, from which page it comes. */
class PageSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    const origin = new URL(url).origin.replace(/^ws/, "http");
    super(url, protocols, { headers: { origin }, perMessageDeflate: false });
    // A browser's does not throw it; its close tells.
    this.on("error", () => undefined);
  }
}

/** From now on the page's modules find it where they look. */
export function usePageSocket(): void {
  Object.defineProperty(globalThis, "WebSocket", { value: PageSocket, configurable: true, writable: true });
}
