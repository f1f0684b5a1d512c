import { chmod, rm } from "node:fs/promises";
import http from "node:http";
import type net from "node:net";
import type { Duplex } from "node:stream";
import { createAllowList, normalHost } from "./allow-list.ts";
import { dial, type Dialled, type Lookup } from "./dial.ts";

export interface ProxyOptions {
  /** Where to listen. Its folder must exist and be the owner's alone; a socket that is there is replaced. */
  readonly socketPath: string;
  /** `example.com`, `*.example.com`, an address; each with an optional `:port`. */
  readonly allow: readonly string[];
  /** Called with `host:port` for each refused connection. */
  onBlocked(host: string): void;
  /** How names become addresses; the system's way unless a test says otherwise. */
  readonly lookup?: Lookup;
}

/** Connections at once, from all commands of the policy. */
const MOST_CONNECTIONS = 256;
/** A tunnel without a byte in either direction ends, in milliseconds. */
const IDLE_MS = 10 * 60_000;

/**
 * An HTTP proxy for one network policy: CONNECT tunnels and plain `GET http://…`, to allowed hosts only. A refusal is
 * a 403 whose one line says so. Addresses that are not on the public internet are refused unless the host itself is on
 * the list, and the connection goes to the very address that was checked.
 * Disposing it closes every connection and removes the socket. Rejects where it can't listen.
 */
export async function startProxy(options: ProxyOptions): Promise<AsyncDisposable> {
  const allow = createAllowList(options.allow);
  const connections = new Set<Duplex>();
  const own = <Socket extends Duplex>(socket: Socket): Socket => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    // Either end may vanish at any moment: the close that follows is all that matters.
    socket.on("error", () => undefined);
    return socket;
  };
  const reach = async (host: string, port: number): Promise<Dialled> => {
    const dialled = await dial({ host: normalHost(host), port, allow, lookup: options.lookup });
    if (dialled.kind === "connected") own(dialled.socket).setTimeout(IDLE_MS, () => dialled.socket.destroy());
    if (dialled.kind === "blocked") options.onBlocked(`${normalHost(host)}:${port}`);
    return dialled;
  };

  const server = http.createServer({ headersTimeout: 30_000, requestTimeout: 0, keepAliveTimeout: 5_000 });
  server.maxConnections = MOST_CONNECTIONS;
  server.on("connection", own);
  server.on("clientError", (_error, socket) => socket.destroy());
  server.on("connect", (request, client, head) => void tunnel(request, client, head, reach));
  server.on("request", (request, response) => void forward(request, response, reach));
  // Otherwise Node would answer 101 requests by itself; a WebSocket through a proxy uses CONNECT.
  server.on("upgrade", (_request, socket) =>
    socket.end("HTTP/1.1 501 Not Implemented\r\nConnection: close\r\n\r\n"),
  );

  await rm(options.socketPath, { force: true });
  await listen(server, options.socketPath);
  await chmod(options.socketPath, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      await closed;
      await rm(options.socketPath, { force: true });
    },
  };
}

function listen(server: http.Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

type Reach = (host: string, port: number) => Promise<Dialled>;

/** `CONNECT example.com:443`: bytes both ways from then on. */
async function tunnel(
  request: http.IncomingMessage,
  client: Duplex,
  head: Buffer,
  reach: Reach,
): Promise<void> {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:/@[\]]+):(\d{1,5})$/i.exec(request.url ?? "");
  const port = Number(match?.[2]);
  if (!match?.[1] || port < 1 || port > 65_535) {
    client.end(answer(400, "Bad Request", "Expected CONNECT host:port."));
    return;
  }
  const dialled = await reach(match[1].replace(/^\[|\]$/g, ""), port);
  if (dialled.kind !== "connected") {
    client.end(answer(...refusalOf(dialled)));
    return;
  }
  const { socket } = dialled;
  if (client.destroyed) {
    socket.destroy();
    return;
  }
  client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  if (head.length > 0) socket.write(head);
  client.pipe(socket).pipe(client);
  client.once("close", () => socket.destroy());
  socket.once("close", () => client.destroy());
}

const answer = (status: number, word: string, text: string): string =>
  `HTTP/1.1 ${status} ${word}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
  `Content-Length: ${Buffer.byteLength(text) + 1}\r\nConnection: close\r\n\r\n${text}\n`;

function refusalOf(dialled: Exclude<Dialled, { kind: "connected" }>): [number, string, string] {
  return dialled.kind === "blocked"
    ? [403, "Forbidden", `Blocked by Oriel's sandbox: ${dialled.reason}`]
    : [502, "Bad Gateway", dialled.reason];
}

/** Headers that are between a client and its proxy only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "te",
  "trailer",
];

/** `GET http://example.com/…`: one request, passed on over a connection of its own. */
async function forward(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  reach: Reach,
): Promise<void> {
  const url = URL.parse(request.url ?? "");
  if (url?.protocol !== "http:" || url.hostname === "") {
    respond(response, 400, "Expected an absolute http:// address, or CONNECT.");
    return;
  }
  const dialled = await reach(url.hostname.replace(/^\[|\]$/g, ""), Number(url.port || 80));
  if (dialled.kind !== "connected") {
    const [status, , text] = refusalOf(dialled);
    respond(response, status, text);
    return;
  }
  relay(request, response, url, dialled.socket);
}

function relay(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  url: URL,
  socket: net.Socket,
): void {
  const outgoing = http.request({
    createConnection: () => socket,
    method: request.method,
    path: url.pathname + url.search,
    // The host that was checked, whatever the client's own header said.
    headers: { ...endToEnd(request.headers), host: url.host, connection: "close" },
    setHost: false,
  });
  outgoing.on("response", (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, endToEnd(incoming.headers));
    incoming.pipe(response);
    incoming.once("error", () => response.destroy());
  });
  outgoing.on("error", () =>
    response.headersSent ? response.destroy() : respond(response, 502, "The host hung up."),
  );
  response.once("close", () => socket.destroy());
  request.pipe(outgoing);
}

function endToEnd(headers: http.IncomingHttpHeaders): http.IncomingHttpHeaders {
  const named = (headers.connection ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !named.includes(name)),
  );
}

function respond(response: http.ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(`${text}\n`);
}
