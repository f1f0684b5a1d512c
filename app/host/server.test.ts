import { once } from "node:events";
import { createConnection } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { serveClients } from "./server.ts";

test("a client that comes while the host ends is not served", async () => {
  await using dir = await tempDir();
  const place = path.join(dir.path, "s");
  const served: string[] = [];
  const server = await serveClients(
    place,
    (socket) => (served.push("client"), socket.send("hello")),
    () => undefined,
  );
  const first = new WebSocket(`ws+unix://${place}:/rpc`);
  await once(first, "message");
  // Accepted, and about to ask: as one is that comes at the wrong moment.
  const late = createConnection(place);
  await once(late, "connect");
  const lateClosed = new Promise<void>((resolve) => late.once("close", () => resolve()));
  const closed = Promise.all([once(first, "close"), lateClosed]);
  const ended = server[Symbol.asyncDispose]();
  late.on("error", () => undefined).resume();
  late.write(
    "GET /rpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await Promise.all([ended, closed]);
  expect(served).toEqual(["client"]);
});
