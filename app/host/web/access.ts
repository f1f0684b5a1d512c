/** Who may speak to the web face: a page that this host itself served, to whoever knows its token. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The token comes as a subprotocol of the WebSocket: headers are not logged, and a page can set no other. */
const TOKEN_PROTOCOL = "oriel.";
const MAX_PROTOCOLS = 8;

export type Refusal = 401 | 403;

export interface Access {
  /** Why a request for a file is refused, or null. Files hold no secret, so they need no token. */
  refuseFile(request: IncomingMessage): Refusal | null;
  /** Why a request to redeem a ticket is refused, whatever the ticket, or null. */
  refuseTicket(request: IncomingMessage): Refusal | null;
  /** Why a WebSocket is refused, or null. */
  refuseSocket(request: IncomingMessage): Refusal | null;
}

export function createAccess(port: number, token: string): Access {
  const hosts: ReadonlySet<string> = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);

  // A page whose name was rebound to 127.0.0.1 still sends its own name.
  const isOurHost = ({ headers }: IncomingMessage): boolean => hosts.has(headers.host ?? "");
  const isOurOrigin = ({ headers }: IncomingMessage): boolean => headers.origin === `http://${headers.host}`;

  return {
    refuseFile: (request) => {
      // A browser that opens an address sends no Origin.
      return isOurHost(request) && (request.headers.origin === undefined || isOurOrigin(request))
        ? null
        : 403;
    },
    // Only a page of ours sends our Origin.
    refuseTicket: (request) => (isOurHost(request) && isOurOrigin(request) ? null : 403),
    refuseSocket: (request) => {
      if (!isOurHost(request) || !isOurOrigin(request)) return 403;
      const offered = protocolsOf(request.headers["sec-websocket-protocol"]);
      const shown = offered.find((protocol) => protocol.startsWith(TOKEN_PROTOCOL));
      return shown !== undefined && sameToken(shown.slice(TOKEN_PROTOCOL.length), token) ? null : 401;
    },
  };
}

const protocolsOf = (header: string | undefined): string[] =>
  (header ?? "").split(",", MAX_PROTOCOLS).map((protocol) => protocol.trim());

/** Takes as long whatever is wrong with `shown`, its length included. */
export function sameToken(shown: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}
