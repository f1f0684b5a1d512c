import { once } from "node:events";
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import path from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { AttachedTerminal } from "#main/session/terminals.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { encodeTyped } from "#shared/terminal/protocol.ts";
import { createTickets } from "./tickets.ts";
import { createWebFace } from "./web-face.ts";

const INDEX = "<!doctype html><title>Oriel</title>";

/**
 * A web face on a state folder, with a page of a few files. Speaks no contract: it greets and closes. `lost`: why no
 * terminal can be attached.
 */
async function testFace(terminal?: AttachedTerminal, lost: Error | null = null) {
  const owned = new AsyncDisposableStack();
  const { path: root } = owned.use(await tempDir());
  const files = path.join(root, "page");
  mkdirSync(path.join(files, "assets"), { recursive: true });
  writeFileSync(path.join(files, "index.html"), INDEX);
  writeFileSync(path.join(files, "assets", "main-abc.js"), "export {};");
  writeFileSync(path.join(files, ".hidden"), "hidden");
  writeFileSync(path.join(root, "secret.txt"), "secret");
  symlinkSync(path.join(root, "secret.txt"), path.join(files, "link.txt"));
  const attached: Result<AttachedTerminal> = terminal
    ? ok(terminal)
    : fail({ code: "unknown_terminal", message: "None." });
  const open = async (port?: number) => {
    const face = createWebFace({
      stateDir: root,
      files,
      serveRpc: (socket) => socket.close(1000, "served"),
      attach: () => (lost === null ? Promise.resolve(attached) : Promise.reject(lost)),
      onClientsChanged: () => undefined,
    });
    const opened = await face.open({ port });
    if (!opened.ok) throw new Error(opened.failure.message);
    const url = new URL(opened.value.url);
    const token = url.hash.replace("#token=", "");
    return { face, token, port: Number(url.port), notice: opened.value.notice };
  };
  return { root, files, open, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The path goes on the wire as it is here. */
async function get(port: number, name: string, headers: Record<string, string> = {}, method = "GET") {
  const asked = request({ host: "127.0.0.1", port, path: name, headers, method }).end();
  const [response]: IncomingMessage[] = await once(asked, "response");
  if (!response) throw new Error("no response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** `served`, or the status that it was refused with. */
async function connect(
  port: number,
  name: string,
  protocols: string[],
  headers: Record<string, string> = {},
) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${name}`, protocols, {
    headers: { origin: `http://127.0.0.1:${port}`, ...headers },
  });
  const ended = Promise.withResolvers<unknown>();
  socket.on("unexpected-response", (_, response) => ended.resolve(response.statusCode));
  socket.on("close", (code, reason) => ended.resolve(reason.toString() || code));
  socket.on("error", () => undefined);
  return ended.promise;
}

test("serves the page with its headers, and the token only to its owner's folder", async () => {
  await using at = await testFace();
  const { face, port, token } = await at.open();
  await using _ = face;
  const page = await get(port, "/");
  expect(page).toMatchObject({
    status: 200,
    body: INDEX,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    },
  });
  const policy = String(page.headers["content-security-policy"]).split("; ");
  expect(policy).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "worker-src 'self' blob:",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  expect(await get(port, "/assets/main-abc.js")).toMatchObject({
    status: 200,
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
    },
  });
  expect(await get(port, "/index.html?a=/../b", {}, "HEAD")).toMatchObject({ status: 200, body: "" });
  expect(statSync(path.join(at.root, "web.json")).mode & 0o777).toBe(0o600);
  expect(readFileSync(path.join(at.root, "web.json"), "utf8")).toContain(token);
});

test.each([
  "/..%2fsecret.txt",
  "/../secret.txt",
  "/assets/../../secret.txt",
  "/assets/%2e%2e/%2e%2e/secret.txt",
  "/assets/..%5c..%5csecret.txt",
  "/%2fetc/passwd",
  "//etc/passwd",
  "/link.txt",
  "/.hidden",
  "/assets",
  "/assets/",
  "/secret.txt%00.js",
  "/%",
  "/web.json",
  "/rpc",
  "/terminal/trm_1",
  "http://127.0.0.1/index.html",
])("%s is no file of the page", async (name) => {
  await using at = await testFace();
  const { face, port } = await at.open();
  await using _ = face;
  const { status, body, headers } = await get(port, name);
  expect([400, 404]).toContain(status);
  expect(body).not.toMatch(/secret|hidden|root:/);
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
});

test("a foreign Host or Origin and another method get nothing", async () => {
  await using at = await testFace();
  const { face, port } = await at.open();
  await using _ = face;
  expect((await get(port, "/", { host: `evil.example:${port}` })).status).toBe(403);
  expect((await get(port, "/", { origin: "http://evil.example" })).status).toBe(403);
  expect((await get(port, "/", {}, "POST")).status).toBe(405);
});

test("a socket needs the token, our Host and our Origin, and a known address", async () => {
  await using at = await testFace();
  const { face, port, token } = await at.open();
  await using _ = face;
  const ours = [`oriel.${token}`];
  expect(await connect(port, "/rpc", ours)).toBe("served");
  expect(await connect(port, "/rpc", ["oriel", ...ours])).toBe("served");
  expect(await connect(port, "/terminal/trm_1", ours)).toBe("unknown_terminal");
  expect(await connect(port, "/other", ours)).toBe(404);
  expect(await connect(port, "/terminal/..%2f", ours)).toBe(404);
  expect(await connect(port, "/rpc", [])).toBe(401);
  expect(await connect(port, `/rpc?token=${token}`, [])).toBe(401);
  expect(await connect(port, "/rpc", [`oriel.${token.slice(1)}`])).toBe(401);
  expect(await connect(port, "/rpc", ours, { host: `evil.example:${port}` })).toBe(403);
  expect(await connect(port, "/rpc", ours, { origin: "http://evil.example" })).toBe(403);
});

test("yesterday's tab finds it again; where the port is taken it says so", async () => {
  await using at = await testFace();
  const first = await at.open();
  expect(first.notice).toBe(null);
  expect(await first.face.open({})).toMatchObject({ ok: true, value: { notice: null } });
  expect(await first.face.open({ port: first.port === 4000 ? 4001 : 4000 })).toMatchObject({
    ok: true,
    value: { notice: `Oriel is open at port ${first.port} already.` },
  });
  await first.face[Symbol.asyncDispose]();

  const second = await at.open();
  expect(second).toMatchObject({ port: first.port, token: first.token, notice: null });
  await second.face[Symbol.asyncDispose]();

  const other = createServer().listen(first.port, "127.0.0.1");
  await once(other, "listening");
  const third = await at.open();
  expect(third.token).toBe(first.token);
  expect(third.notice).toBe(`Port ${first.port} is taken, so Oriel is at port ${third.port}.`);
  await third.face[Symbol.asyncDispose]();
  other.close();
});

test("a place that can't be read is made anew", async () => {
  await using at = await testFace();
  writeFileSync(path.join(at.root, "web.json"), '{"port": 1, "token": "guess me"}');
  const { face, token } = await at.open();
  await using _ = face;
  expect(token).toMatch(/^[0-9a-f]{64}$/);
});

test("says so when the page has not been built", async () => {
  await using at = await testFace();
  const face = createWebFace({
    stateDir: at.root,
    files: path.join(at.root, "nowhere"),
    serveRpc: () => undefined,
    attach: () => Promise.resolve(fail({ code: "unknown_terminal", message: "None." })),
    onClientsChanged: () => undefined,
  });
  await using _ = face;
  const opened = await face.open({});
  const port = opened.ok ? Number(new URL(opened.value.url).port) : 0;
  expect(await get(port, "/")).toMatchObject({ status: 503, body: expect.stringContaining("npm run build") });
});

test("a ticket is worth the token once, to a page of this host alone", async () => {
  await using at = await testFace();
  const { face, port, token } = await at.open();
  await using _ = face;
  const opened = await face.open({});
  if (!opened.ok) throw new Error(opened.failure.message);
  expect(opened.value.ticketUrl).not.toContain(token);
  const ticket = new URL(opened.value.ticketUrl).hash.replace("#ticket=", "");
  const redeem = async (origin: Record<string, string>, shown = ticket) => {
    const { status, body } = await get(port, "/ticket", { ...origin, "x-oriel-ticket": shown }, "POST");
    return { status, body };
  };
  const ours = { origin: `http://127.0.0.1:${port}` };
  const refused = (status: number) => ({ status, body: "This ticket is not valid.\n" });
  expect(await redeem({})).toEqual(refused(403));
  expect(await redeem({ origin: "http://evil.example" })).toEqual(refused(403));
  expect(await redeem(ours, "")).toEqual(refused(401));
  expect(await redeem(ours, token)).toEqual(refused(401));
  expect(await redeem(ours)).toEqual({ status: 200, body: token });
  expect(await redeem(ours)).toEqual(refused(401));
});

test("a ticket is worth nothing after a minute", () => {
  let now = 0;
  const tickets = createTickets(() => now);
  const [soon, late] = [tickets.issue(), tickets.issue()];
  now = 60_000;
  expect(tickets.redeem(soon)).toBe(true);
  now = 60_001;
  expect(tickets.redeem(late)).toBe(false);
});

test("what is typed reaches the terminal byte for byte, a byte order mark too", async () => {
  const written = Promise.withResolvers<unknown>();
  const views: (boolean | undefined)[] = [];
  await using at = await testFace({
    view: (_, short) => Promise.resolve((views.push(short), () => undefined)),
    write: (text, place) => Promise.resolve(written.resolve({ bytes: Buffer.from(text), place })),
    shell: "one",
    typed: () => Promise.resolve({ offset: 0 }),
    resize: () => Promise.resolve(),
    clear: () => Promise.resolve(),
    exited: new Promise(() => undefined),
  });
  const { face, port, token } = await at.open();
  await using _ = face;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/terminal/trm_1`, `oriel.${token}`, {
    headers: { origin: `http://127.0.0.1:${port}` },
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "writer", id: "writer-1" }));
  await once(socket, "message");
  const bytes = Buffer.from("\u{feff}a,b\n");
  socket.send(encodeTyped(0, bytes));
  expect(await written.promise).toEqual({ bytes, place: { writer: "writer-1", offset: 0 } });
  // It did not say what screens it wants.
  expect(views).toEqual([false]);
  socket.terminate();
});

test("a terminal that can't be attached says why, however long that is, and closes at once", async () => {
  await using at = await testFace(undefined, new Error(`EACCES: ${"端末".repeat(100)}`));
  const { face, port, token } = await at.open();
  await using _ = face;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/terminal/trm_1`, `oriel.${token}`, {
    headers: { origin: `http://127.0.0.1:${port}` },
  });
  const closed = once(socket, "close");
  const [news] = await once(socket, "message");
  expect(JSON.parse(String(news))).toMatchObject({ type: "error", failure: { code: "internal" } });
  // The host has answered the close of this side, and so reads on.
  expect((await closed)[0]).toBe(1011);
});

test("a paste that the shell does not take is held back, while the socket is read on", async () => {
  const taken: PromiseWithResolvers<void>[] = [];
  const sizes: number[] = [];
  let offset = 0;
  const resized = Promise.withResolvers<void>();
  await using at = await testFace({
    view: () => Promise.resolve(() => undefined),
    write(text) {
      sizes.push(text.length);
      const one = Promise.withResolvers<void>();
      taken.push(one);
      return one.promise;
    },
    shell: "one",
    typed: () => Promise.resolve({ offset: 0 }),
    resize: () => Promise.resolve(resized.resolve()),
    clear: () => Promise.resolve(),
    exited: new Promise(() => undefined),
  });
  const { face, port, token } = await at.open();
  await using _ = face;
  const socket = new WebSocket(`ws://127.0.0.1:${port}/terminal/trm_1`, `oriel.${token}`, {
    headers: { origin: `http://127.0.0.1:${port}` },
  });
  await once(socket, "open");
  socket.send(JSON.stringify({ type: "writer", id: "writer-1" }));
  await once(socket, "message");
  const piece = 100 * 1024;
  for (let n = 0; n < 5; n++, offset += piece) socket.send(encodeTyped(offset, Buffer.alloc(piece, "x")));
  // It comes behind all of them.
  socket.send(JSON.stringify({ type: "resize", cols: 80, rows: 24 }));
  await resized.promise;
  expect(sizes).toEqual([piece, piece]);
  const last = Promise.withResolvers<void>();
  const end = JSON.stringify({ type: "typed", shell: "one", offset });
  socket.on("message", (data) => data instanceof Buffer && data.toString() === end && last.resolve());
  for (let n = 0; n < 5; n++) {
    taken[n]?.resolve();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await last.promise;
  expect(sizes).toEqual([piece, piece, piece, piece, piece]);
  socket.terminate();
});
