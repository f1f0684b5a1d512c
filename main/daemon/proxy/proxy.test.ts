import { once } from "node:events";
import { stat, writeFile } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { Lookup } from "./dial.ts";
import { startProxy } from "./proxy.ts";

/** A web server on loopback that says what it was asked, and a proxy that lets `allow` through. */
async function setUp(allow: (port: number) => readonly string[], lookup?: Lookup) {
  await using cleanup = new AsyncDisposableStack();
  const folder = cleanup.use(await tempDir("oriel-proxy-"));
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    void text(request).then((body) => {
      const {
        host,
        connection,
        "proxy-authorization": login = "none",
        "x-mine": mine = "none",
      } = request.headers;
      requests.push(
        `${request.method} ${request.url} host=${host} ${connection} login=${login} mine=${String(mine)} ${body}`,
      );
      response.writeHead(203, { "x-theirs": "kept" }).end("hello");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const blocked: string[] = [];
  const socketPath = path.join(folder.path, "proxy.sock");
  const proxy = cleanup.use(
    await startProxy({
      socketPath,
      allow: allow(port),
      onBlocked: (host) => blocked.push(host),
      ...(lookup ? { lookup } : {}),
    }),
  );
  const owned = cleanup.move();
  return { port, blocked, requests, socketPath, proxy, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Sends raw text to the proxy and resolves with all it answers until it closes. */
function exchange(socketPath: string, request: string): Promise<string> {
  const socket = net.connect(socketPath);
  socket.write(request);
  return text(socket);
}

const statusOf = (answer: string): string => answer.slice(0, answer.indexOf("\r\n"));
const bodyOf = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4);

describe("an allowed host", () => {
  test("is reached through a tunnel", async () => {
    await using proxy = await setUp((port) => [`127.0.0.1:${port}`]);
    const answer = await exchange(
      proxy.socketPath,
      `CONNECT 127.0.0.1:${proxy.port} HTTP/1.1\r\nHost: x\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe("HTTP/1.1 200 Connection Established");
    expect(bodyOf(answer)).toMatch(/^HTTP\/1.1 203 [^]*hello/);
    expect(proxy.blocked).toEqual([]);
  });

  test("gets a plain request without what was meant for the proxy, and with the host that was checked", async () => {
    await using proxy = await setUp((port) => [`127.0.0.1:${port}`]);
    const answer = await exchange(
      proxy.socketPath,
      `POST http://127.0.0.1:${proxy.port}/p?q=1 HTTP/1.1\r\nHost: evil.example\r\nProxy-Authorization: Basic x\r\n` +
        "Connection: close, x-mine\r\nX-Mine: 1\r\nContent-Length: 4\r\n\r\nbody",
    );
    expect(statusOf(answer)).toBe("HTTP/1.1 203 Non-Authoritative Information");
    expect(answer).toContain("x-theirs: kept");
    expect(proxy.requests).toEqual([
      `POST /p?q=1 host=127.0.0.1:${proxy.port} close login=none mine=none body`,
    ]);
  });

  test("may be the person's own machine by name", async () => {
    await using proxy = await setUp(
      (port) => [`localhost:${port}`],
      () => Promise.resolve(["127.0.0.1"]),
    );
    expect(
      statusOf(await exchange(proxy.socketPath, `GET http://localhost:${proxy.port}/ HTTP/1.0\r\n\r\n`)),
    ).toContain("203");
  });

  test("that can't be reached or resolved is a 502, not a refusal", async () => {
    await using proxy = await setUp(
      () => ["127.0.0.1", "gone.example"],
      () => Promise.reject(new Error("ENOTFOUND")),
    );
    const closed = net.createServer().listen(0, "127.0.0.1");
    await once(closed, "listening");
    const address = closed.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await new Promise((resolve) => closed.close(resolve));
    for (const target of [`127.0.0.1:${port}`, "gone.example:443"]) {
      expect(statusOf(await exchange(proxy.socketPath, `CONNECT ${target} HTTP/1.1\r\n\r\n`))).toBe(
        "HTTP/1.1 502 Bad Gateway",
      );
    }
    expect(proxy.blocked).toEqual([]);
  });
});

describe("a refusal says so, to the command and to the caller", () => {
  test("for a host that is not on the list", async () => {
    await using proxy = await setUp(() => ["example.com"]);
    const tunnel = await exchange(proxy.socketPath, "CONNECT Evil.Example:443 HTTP/1.1\r\n\r\n");
    expect(statusOf(tunnel)).toBe("HTTP/1.1 403 Forbidden");
    expect(bodyOf(tunnel)).toBe(
      "Blocked by Oriel's sandbox: evil.example:443 is not on this session's list of allowed hosts.\n",
    );
    const plain = await exchange(proxy.socketPath, `GET http://127.0.0.1:${proxy.port}/ HTTP/1.0\r\n\r\n`);
    expect(statusOf(plain)).toBe("HTTP/1.1 403 Forbidden");
    expect(proxy.blocked).toEqual(["evil.example:443", `127.0.0.1:${proxy.port}`]);
    expect(proxy.requests).toEqual([]);
  });

  test("for an allowed name that leads inside, unless that address is allowed too", async () => {
    const rebound: Lookup = () => Promise.resolve(["127.0.0.1"]);
    await using refused = await setUp(() => ["*.example.com"], rebound);
    const request = (port: number) => `GET http://a.example.com:${port}/ HTTP/1.0\r\n\r\n`;
    const answer = await exchange(refused.socketPath, request(refused.port));
    expect(bodyOf(answer)).toContain("leads to this machine or its local network");
    expect(refused.blocked).toEqual([`a.example.com:${refused.port}`]);
    expect(refused.requests).toEqual([]);
    await using allowed = await setUp((port) => ["*.example.com", `127.0.0.1:${port}`], rebound);
    expect(statusOf(await exchange(allowed.socketPath, request(allowed.port)))).toContain("203");
  });

  test("the name is resolved once: a second answer can't change what was checked", async () => {
    let asked = 0;
    const flipping: Lookup = () =>
      Promise.resolve(asked++ === 0 ? ["10.255.255.1", "127.0.0.1"] : ["127.0.0.1"]);
    await using proxy = await setUp(() => ["example.com"], flipping);
    const answer = await exchange(proxy.socketPath, `CONNECT example.com:${proxy.port} HTTP/1.1\r\n\r\n`);
    expect(statusOf(answer)).toBe("HTTP/1.1 403 Forbidden");
    expect(asked).toBe(1);
  });
});

test.each([
  ["CONNECT example.com HTTP/1.1\r\n\r\n", 400],
  ["CONNECT example.com:0 HTTP/1.1\r\n\r\n", 400],
  ["CONNECT example.com:99999 HTTP/1.1\r\n\r\n", 400],
  ["CONNECT user@example.com:443 HTTP/1.1\r\n\r\n", 400],
  ["CONNECT http://example.com:443/ HTTP/1.1\r\n\r\n", 400],
  ["GET / HTTP/1.1\r\nHost: example.com\r\n\r\n", 400],
  ["GET https://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n", 400],
  ["GET ftp://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n", 400],
  ["GET http:///x HTTP/1.1\r\nHost: example.com\r\n\r\n", 403],
  ["GET http://a@127.0.0.1:1/ HTTP/1.1\r\nHost: a\r\n\r\n", 403],
  ["GET http://0x7f.1/ HTTP/1.1\r\nHost: a\r\n\r\n", 403],
])("%j gets a %i", async (request, status) => {
  await using proxy = await setUp(() => ["example.com"]);
  expect(statusOf(await exchange(proxy.socketPath, request))).toContain(` ${status} `);
});

test("garbage and an early hang-up end that connection and nothing else", async () => {
  await using proxy = await setUp((port) => [`127.0.0.1:${port}`]);
  expect(await exchange(proxy.socketPath, "\0\u0001 garbage\r\n\r\n")).toBe("");
  const hasty = net.connect(proxy.socketPath);
  await once(hasty, "connect");
  hasty.write(`CONNECT 127.0.0.1:${proxy.port} HTTP/1.1\r\n\r\n`);
  hasty.destroy();
  await once(hasty, "close");
  expect(
    statusOf(await exchange(proxy.socketPath, `GET http://127.0.0.1:${proxy.port}/ HTTP/1.0\r\n\r\n`)),
  ).toContain("203");
});

test("the socket is the owner's alone, replaces a dead one, and goes with all connections at the end", async () => {
  await using folder = await tempDir("oriel-proxy-");
  const socketPath = path.join(folder.path, "proxy.sock");
  await writeFile(socketPath, "left over");
  const upstream = net.createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const address = upstream.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const proxy = await startProxy({ socketPath, allow: ["127.0.0.1"], onBlocked: () => undefined });
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
  const reached = once(upstream, "connection");
  const tunnel = net.connect(socketPath);
  tunnel.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`);
  const idle = net.connect(socketPath);
  await once(tunnel, "data");
  const [far]: net.Socket[] = await reached;
  if (!far) throw new Error("no connection");
  const ends = [tunnel, idle, far.resume()].map((socket) => once(socket, "close"));
  await proxy[Symbol.asyncDispose]();
  await Promise.all(ends);
  await expect(stat(socketPath)).rejects.toThrow("ENOENT");
  await new Promise((resolve) => upstream.close(resolve));
});

test("a folder that is not there is an error at the start", async () => {
  const start = startProxy({ socketPath: "/nowhere/proxy.sock", allow: [], onBlocked: () => undefined });
  await expect(start).rejects.toThrow("listen");
});
