import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf } from "#shared/kernel/failure.ts";
import { type DaemonClient, connectDaemon } from "./client.ts";
import { type Channel, openChannel } from "./channel.ts";
import { connectEndpoint, daemonFolder, runtimeFolder } from "./endpoint.ts";
import { encodeFrame, frameDecoder } from "./frames.ts";
import {
  FRAME,
  MAX_FRAME_TO_CLIENT,
  MAX_FRAME_TO_DAEMON,
  type SubscriptionEvent,
  decodeControl,
  encodeControl,
  toClient,
  verbs,
} from "./protocol.ts";
import { forgetPeak, memoryOf } from "./testing/memory.ts";
import { type TestDaemon, bash, testDaemon } from "./testing/test-daemon.ts";
import { readToken } from "./token.ts";

let daemon: TestDaemon;
let client: DaemonClient;
beforeAll(async () => {
  daemon = await testDaemon();
  client = await daemon.client();
});
afterAll(() => daemon[Symbol.asyncDispose]());

async function rawSocket(): Promise<Socket> {
  const socket = await connectEndpoint(runtimeFolder(daemon.stateDir));
  if (!socket) throw new Error("no daemon");
  return socket;
}

const token = (): string => readToken(daemonFolder(daemon.stateDir)) ?? "";

/** All that the daemon says to `bytes` until it closes the connection: codes of refusals, types of the rest. */
async function answersTo(...bytes: Buffer[]): Promise<string[]> {
  const socket = await rawSocket();
  const answers: string[] = [];
  const decode = frameDecoder(MAX_FRAME_TO_CLIENT, (_, payload) => {
    const message = decodeControl(toClient, payload);
    answers.push(message.type === "refused" ? message.failure.code : message.type);
  });
  socket.on("data", (data) => decode(Buffer.from(data)));
  const closed = new Promise((resolve) => socket.once("close", resolve));
  // It closes without reading the rest.
  socket.on("error", () => {});
  for (const piece of bytes) socket.write(piece);
  await closed;
  return answers;
}

const hello = (protocol = 1, secret = token()): Buffer =>
  encodeControl({ type: "hello", protocol, token: secret });

describe("the daemon closes the connection, says why, and lives", () => {
  test.each([
    ["a wrong token", () => [hello(1, "0".repeat(64))], ["daemon_refused"]],
    ["no token", () => [hello(1, "")], ["daemon_refused"]],
    ["another protocol", () => [hello(2)], ["daemon_version"]],
    [
      "a call before the handshake",
      () => [encodeControl({ type: "call", ref: 1, verb: "list", input: null })],
      ["bad_frame"],
    ],
    ["garbage", () => [Buffer.from("GET / HTTP/1.1\r\n\r\n")], ["bad_frame"]],
    [
      "random bytes after the handshake",
      () => [hello(), Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 91) & 255))],
      ["welcome", "bad_frame"],
    ],
    ["no JSON", () => [hello(), encodeFrame(FRAME.control, Buffer.from("{nope"))], ["welcome", "bad_frame"]],
    [
      "an unknown message",
      () => [hello(), encodeFrame(FRAME.control, Buffer.from('{"type":"x"}'))],
      ["welcome", "bad_frame"],
    ],
    ["an unknown kind", () => [hello(), encodeFrame(99, Buffer.from("x"))], ["welcome", "bad_frame"]],
    [
      "too large a frame",
      () => [hello(), encodeFrame(FRAME.control, Buffer.alloc(MAX_FRAME_TO_DAEMON + 1))],
      ["welcome", "bad_frame"],
    ],
  ])("on %s", async (_, bytes, answers) => {
    expect(await answersTo(...bytes())).toEqual(answers);
    expect((await connectDaemon(daemon))?.instance).toBe(client.instance);
  });

  test("and a client with a wrong token is told", async () => {
    const file = path.join(daemonFolder(daemon.stateDir), "token");
    const other = await openChannel(await rawSocket(), "wrong").catch(
      (error: unknown) => failureOf(error)?.code,
    );
    expect(other).toBe("daemon_refused");
    expect((await readFile(file, "utf8")).length).toBe(64);
    const old = await openChannel(await rawSocket(), token(), 99).catch(
      (error: unknown) => failureOf(error)?.code,
    );
    expect(old).toBe("daemon_version");
  });
});

test("an unknown verb and a bad input fail alone; the connection goes on", async () => {
  await using channel = await openChannel(await rawSocket(), token());
  const code = async (call: Promise<unknown> | undefined) =>
    call?.catch((error: unknown) => failureOf(error)?.code);
  expect(await code(channel?.call({ ...verbs.list, name: "fly" }, null))).toBe("unknown_verb");
  expect(await code(channel?.call(verbs.read, { id: "x", offset: -1, maxBytes: 1 }))).toBe("bad_input");
  expect(await code(channel?.call(verbs.read, { id: "x", offset: 0, maxBytes: 1 }))).toBe("unknown_command");
  expect((await channel?.call(verbs.state, { id: "x" }))?.value).toBeNull();
});

test("a client that does not read slows nobody, and is told the gap when it reads again", async () => {
  const gate = path.join(daemon.stateDir, "gate");
  const spec = bash(`until [ -e '${gate}' ]; do sleep 0.01; done; head -c 100M /dev/zero; echo end`);
  await client.start(spec);

  const socket = await rawSocket();
  await using slow = await openChannel(socket, token());
  const { events, gap, received, accepted } = watchGaps(slow, spec.id);
  await accepted;
  socket.pause();
  await writeFile(gate, "");
  expect((await client.exited(spec.id)).exitCode).toBe(0);
  const total = 100 * 1024 * 1024 + 4;
  expect((await client.state(spec.id))?.total).toBe(total);

  socket.resume();
  await gap;
  const [first] = events;
  expect(events).toEqual([{ kind: "gap", from: received(), to: total }]);
  expect(first?.kind).toBe("gap");
  expect(received()).toBeLessThan(16 * 1024 * 1024);
  expect(Buffer.from((await client.read(spec.id, total - 4, 4)).bytes).toString()).toBe("end\n");
});

function watchGaps(channel: Channel | null, id: string) {
  const events: SubscriptionEvent[] = [];
  const gap = Promise.withResolvers<void>();
  let received = 0;
  const subscription = channel?.subscribe(
    verbs.watch,
    { id },
    {
      onBytes: (bytes) => (received += bytes.byteLength),
      onEvent(event) {
        events.push(event);
        gap.resolve();
      },
    },
  );
  return { events, gap: gap.promise, received: () => received, accepted: subscription?.accepted };
}

const MEGABYTE = 1024 * 1024;

test("a client that asks for much and reads nothing is made to wait; the daemon's memory stays", async () => {
  const spec = bash("head -c 1M /dev/zero", { keepBytes: 2 * 1024 * 1024 });
  await client.start(spec);
  await client.exited(spec.id);
  const echo = bash("cat");
  await client.start(echo);
  const echoed = new Promise<void>((resolve) => client.watch(echo.id, () => resolve()));
  await client.list();

  const socket = await rawSocket();
  await using greedy = await openChannel(socket, token());
  socket.pause();
  forgetPeak(client.pid);
  const before = memoryOf(client.pid).peak;
  // Read by the daemon as one piece: when it is seen to have answered the first, it has answered all that it wants to.
  socket.cork();
  const first = greedy?.call(verbs.write, { id: echo.id, text: "x" });
  const reads = Array.from({ length: 300 }, async () =>
    greedy?.call(verbs.read, { id: spec.id, offset: 0, maxBytes: MEGABYTE }),
  );
  socket.uncork();
  await echoed;
  const waiting = memoryOf(client.pid).peak;
  socket.resume();
  await first;
  const answers = await Promise.all(reads);
  expect(answers.every((answer) => answer?.attachment.byteLength === MEGABYTE)).toBe(true);
  expect(waiting - before).toBeLessThan(32 * MEGABYTE);
  expect(memoryOf(client.pid).peak - before).toBeLessThan(150 * MEGABYTE);
  await client.closeInput(echo.id);
});

test("watching ends with the function that ends it", async () => {
  const gate = path.join(daemon.stateDir, "gate2");
  const spec = bash(`until [ -e '${gate}' ]; do sleep 0.01; done; echo late`);
  await client.start(spec);
  let calls = 0;
  const end = client.watch(spec.id, () => calls++);
  end();
  end();
  await writeFile(gate, "");
  await client.exited(spec.id);
  await client.list();
  expect(calls).toBe(0);
});
