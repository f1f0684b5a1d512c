import { z } from "zod";

/** Where the host is, and the token that it wants. */
export interface Address {
  /** `ws://127.0.0.1:PORT` */
  readonly origin: string;
  readonly token: string;
}

declare global {
  interface Window {
    /** What the preload hands over in the Electron window; a browser's tab has none. */
    readonly oriel?: unknown;
  }
}

const port = z.object({ address: z.custom<() => unknown>((value) => typeof value === "function") });
/** Null for a page that is not the host's. */
const handed = z.object({ origin: z.string(), token: z.string() });
const KEY = "oriel.token";

/**
 * Where the page was opened with a ticket, changes it for the token, once. With a ticket that is used up or too old the page
 * has no token, unless this tab had one before.
 */
export async function redeemTicket(): Promise<void> {
  const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (!ticket) return;
  history.replaceState(null, "", location.pathname);
  const headers = { "x-oriel-ticket": ticket };
  const answer = await fetch("/ticket", { method: "POST", headers }).catch(() => null);
  if (answer?.ok) sessionStorage.setItem(KEY, await answer.text());
}

/**
 * The address by the preload, or by the page's own address and the token after `#`. The token moves into sessionStorage
 * and out of the address bar at once: cookies ignore ports, and history remembers addresses.
 */
export function findAddress(): Address | null {
  const preload = handed.safeParse(port.safeParse(window.oriel).data?.address());
  if (preload.success) return preload.data;
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(KEY, given);
    history.replaceState(null, "", location.pathname);
  }
  const token = sessionStorage.getItem(KEY);
  return token ? { origin: location.origin.replace(/^http/, "ws"), token } : null;
}
