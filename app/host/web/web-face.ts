/** The web face: the page's files, the contract and the terminals on one loopback port. */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { AttachedTerminal } from "#main/session/terminals.ts";
import { FailureError, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { createAccess } from "./access.ts";
import type { Access } from "./access.ts";
import { sendText, serveFile } from "./files.ts";
import { securityHeaders } from "./headers.ts";
import { readPlace, writePlace } from "./place.ts";
import { loseTerminal, refuseTerminal, serveTerminal } from "./terminal-socket.ts";
import { createTickets } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";
import { createViewers } from "./viewers.ts";

/** A message of a client may be this large: a task with everything that a person pasted into it. Bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface WebFaceOptions {
  readonly stateDir: string;
  /** The built page. */
  readonly files: string;
  /** Speaks the contract on a socket. */
  serveRpc(socket: WebSocket): void;
  attach(terminal: string): Promise<Result<AttachedTerminal>>;
  onClientsChanged(): void;
}

export interface WebFace extends AsyncDisposable {
  /** How many sockets are connected. */
  readonly clients: number;
  readonly isOpen: boolean;
  /** Opens it where it is not open yet. `notice` says where it is instead of the port that was wished for. */
  open(wish: { port?: number | undefined }): Promise<Result<OpenedWeb>>;
}

export interface OpenedWeb {
  readonly url: string;
  /** The same for a command line: with a ticket in place of the token. */
  readonly ticketUrl: string;
  readonly notice: string | null;
}

interface Listening {
  readonly http: Server;
  readonly port: number;
  readonly url: string;
  readonly notice: string | null;
}

const TICKET = "/ticket";
const TERMINAL = /^\/terminal\/([\w-]{1,64})$/;

export function createWebFace(options: WebFaceOptions): WebFace {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // A browser wants one of those that it offered; the one that is no secret, where there is one.
    handleProtocols: (offered) => (offered.has("oriel") ? "oriel" : ([...offered][0] ?? false)),
  });
  const viewers = createViewers();
  const tickets = createTickets();
  let opening: Promise<Listening> | null = null;
  let isOpen = false;

  sockets.on("connection", (socket) => {
    options.onClientsChanged();
    socket.on("close", () => options.onClientsChanged());
    // What is wrong with a socket also closes it.
    socket.on("error", () => undefined);
  });
  const connect = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    serve: (socket: WebSocket) => void,
  ): void =>
    sockets.handleUpgrade(request, socket, head, (opened) => {
      sockets.emit("connection", opened, request);
      serve(opened);
    });
  const serveTerminalNamed = (id: string) => async (socket: WebSocket) => {
    // What is typed meanwhile is read when there is somebody to hear it.
    socket.pause();
    const attached = await options.attach(id).finally(() => socket.resume());
    if (!attached.ok) return refuseTerminal(socket, attached.failure);
    serveTerminal(socket, { terminal: attached.value, join: (onSize) => viewers.join(id, onSize) });
  };
  const upgrade = (access: Access) => (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const refusal = access.refuseSocket(request);
    if (refusal !== null) return refuse(socket, refusal);
    if (request.url === "/rpc") return connect(request, socket, head, options.serveRpc);
    const terminal = TERMINAL.exec(request.url ?? "")?.[1];
    if (terminal === undefined) return refuse(socket, 404);
    connect(request, socket, head, (opened) => {
      serveTerminalNamed(terminal)(opened).catch((error: unknown) => loseTerminal(opened, error));
    });
  };

  const start = async (wish: number | undefined): Promise<Listening> => {
    const place = readPlace(options.stateDir);
    const http = createServer();
    const port = await listen(http, [wish ?? place.port, place.port, 0]);
    writePlace(options.stateDir, { port, token: place.token });
    const access = createAccess(port, place.token);
    const headers = securityHeaders(port);
    http.on("request", (request: IncomingMessage, response: ServerResponse) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (request.method === "POST" && request.url === TICKET) {
        const refused = access.refuseTicket(request) ?? (redeems(tickets, request) ? null : 401);
        return sendText(
          response,
          refused ?? 200,
          refused === null ? place.token : "This ticket is not valid.\n",
        );
      }
      const refusal = access.refuseFile(request);
      if (refusal !== null) return sendText(response, refusal, "This address is not for you.\n");
      serveFile(options.files, request, response).catch(() => response.destroy());
    });
    http.on("upgrade", upgrade(access));
    isOpen = true;
    const wanted = wish ?? place.port;
    return {
      http,
      port,
      url: `http://127.0.0.1:${port}/#token=${place.token}`,
      notice:
        wanted === null || wanted === port ? null : `Port ${wanted} is taken, so Oriel is at port ${port}.`,
    };
  };

  return {
    get clients() {
      return sockets.clients.size;
    },
    get isOpen() {
      return isOpen;
    },
    open: async ({ port }) => {
      const ticket = tickets.issue();
      const isNew = opening === null;
      opening ??= start(port);
      const listening = await opening.catch((error: unknown) => {
        opening = null;
        throw error;
      });
      const elsewhere = !isNew && port !== undefined && port !== listening.port;
      const notice = elsewhere
        ? `Oriel is open at port ${listening.port} already.`
        : isNew
          ? listening.notice
          : null;
      const ticketUrl = `http://127.0.0.1:${listening.port}/#ticket=${ticket}`;
      return ok({ url: listening.url, ticketUrl, notice });
    },
    [Symbol.asyncDispose]: async () => {
      sockets.close();
      const listening = await opening?.catch(() => null);
      for (const client of sockets.clients) client.terminate();
      if (!listening) return;
      const closed = new Promise<void>((resolve) => listening.http.close(() => resolve()));
      listening.http.closeAllConnections();
      await closed;
    },
  };
}

const redeems = (tickets: Tickets, { headers }: IncomingMessage): boolean =>
  tickets.redeem(String(headers["x-oriel-ticket"] ?? ""));

/** Listens on the first of these ports that is free, null ones skipped; 0 is any. Gives the port. */
async function listen(http: Server, ports: readonly (number | null)[]): Promise<number> {
  let last: unknown = null;
  for (const port of new Set(ports)) {
    if (port === null) continue;
    try {
      await new Promise<void>((resolve, reject) => {
        http.once("error", reject);
        http.listen(port, "127.0.0.1", () => {
          http.off("error", reject);
          resolve();
        });
      });
      const address = http.address();
      if (address !== null && typeof address === "object") return address.port;
    } catch (error) {
      last = error;
    }
  }
  throw new FailureError({
    code: "web_unavailable",
    message: "Oriel can't open a port on this machine's loopback address.",
    kept: "The sessions go on; the `oriel` command reaches them.",
    details: String(last),
  });
}

const REASONS = { 401: "Unauthorized", 403: "Forbidden", 404: "Not Found" } as const;

function refuse(socket: Duplex, status: keyof typeof REASONS): void {
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
