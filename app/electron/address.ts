import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";

/** Where the host serves the page, and the token that it wants. */
export interface PageAddress {
  /** `http://127.0.0.1:PORT`: what the page is loaded from. */
  readonly page: string;
  /** `ws://127.0.0.1:PORT`: what it connects to. */
  readonly origin: string;
  readonly token: string;
}

/** The address in what `host.openWeb` gives: `http://127.0.0.1:PORT/#token=TOKEN`. Anything but this machine is refused. */
export function readAddress(url: string): Result<PageAddress, "bad_address"> {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const token = new URLSearchParams(parsed?.hash.slice(1)).get("token");
  if (parsed?.protocol !== "http:" || parsed.hostname !== "127.0.0.1" || !token) {
    return fail({
      code: "bad_address",
      message: "Oriel's host named an address that is not its own on this machine.",
    });
  }
  return ok({ page: parsed.origin, origin: parsed.origin.replace(/^http/, "ws"), token });
}
