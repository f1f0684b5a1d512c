import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "./web/web-face.ts";

export interface ClientServer extends AsyncDisposable {
  /** How many clients are connected. */
  readonly clients: number;
}

/**
 * Serves the contract to whoever can open the socket, which is its owner alone. The caller holds the data directory, so
 * a socket that lies there is a dead host's.
 */
export async function serveClients(
  socketPath: string,
  serveRpc: (socket: WebSocket) => void,
  onClientsChanged: () => void,
): Promise<ClientServer> {
  const http = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server: http, path: "/rpc", maxPayload: MAX_MESSAGE_BYTES });
  sockets.on("connection", (socket) => {
    onClientsChanged();
    socket.on("close", () => onClientsChanged());
    serveRpc(socket);
  });
  if (process.platform !== "win32") rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    http.once("error", reject);
    http.listen(socketPath, resolve);
  });
  if (process.platform !== "win32") chmodSync(socketPath, 0o600);
  return {
    get clients() {
      return sockets.clients.size;
    },
    [Symbol.asyncDispose]: async () => {
      // All at once: whoever comes between would be served by a host that ends.
      sockets.close();
      for (const client of sockets.clients) client.terminate();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
    },
  };
}
