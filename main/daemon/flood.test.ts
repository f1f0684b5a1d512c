/** A flood: every byte is counted, nothing grows, and Ctrl-C ends it. `npm run bench -- flood` has the gigabyte. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DaemonClient } from "./client.ts";
import { type TestDaemon, testDaemon } from "./testing/test-daemon.ts";

let daemon: TestDaemon;
let client: DaemonClient;
beforeAll(async () => {
  daemon = await testDaemon();
  client = await daemon.client();
});
afterAll(() => daemon[Symbol.asyncDispose]());

const MEGABYTE = 1024 * 1024;
const env = { PATH: process.env["PATH"] ?? "" };
const open = (id: string, argv: readonly string[]) =>
  client.openTerminal({ id, session: "s", argv, cwd: "/tmp", env, cols: 80, rows: 24 });
const memory = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${client.pid}/status`, "utf8"))?.[1]) * 1024;

/** What a client sees of it: how many bytes, and when a text was there. */
async function watch(id: string) {
  let text = "";
  let look = (): void => {};
  const seen = { bytes: 0, last: 0 };
  await client.attachTerminal(id, {
    onScreen: (screen) => {
      text = screen.text.slice(-200);
      seen.last = screen.offset;
      look();
    },
    onOutput: (bytes, offset) => {
      seen.bytes += bytes.byteLength;
      seen.last = offset + bytes.byteLength;
      text = (text + Buffer.from(bytes).toString("latin1")).slice(-200);
      look();
    },
  });
  return {
    seen,
    until: (part: RegExp): Promise<void> =>
      new Promise((resolve) => {
        look = () => part.test(text) && resolve();
        look();
      }),
  };
}

test("of 32 MB every byte is counted, the shell's line ends too, and the daemon's memory stays what it was", async () => {
  // 63 bytes and a line feed, which the pty makes two.
  const print = (lines: number, last: string): string =>
    `read -r; yes ${"x".repeat(63)} | head -n ${lines}; printf ${last}`;
  const [few, many] = [32 * 1024, 512 * 1024];
  const script = `${print(few, "warm")}; ${print(many, "over")}; read -r`;
  await open("counted", ["bash", "--norc", "-c", script]);
  const viewer = await watch("counted");
  await client.writeTerminal("counted", "\r");
  await viewer.until(/warm$/);
  const before = memory();
  await client.writeTerminal("counted", "\r");
  await viewer.until(/over$/);
  const [state] = (await client.listTerminals()).filter(({ id }) => id === "counted");
  const echoOfReturn = "\r\n".length;
  const expected = 2 * echoOfReturn + (few + many) * 65 + "warmover".length;
  expect(state?.total).toBe(expected);
  expect(viewer.seen.last).toBe(state?.total);
  // What was freed goes back to the system when the screen comes to rest: screen-worker.ts.
  await expect.poll(() => memory() - before).toBeLessThan(96 * MEGABYTE);
  await client.killTerminal("counted");
});

/** A viewer that skipped ahead has the modes behind the text. */
const PROMPT = /next> .{0,8}$/s;

test("a flood without end is over with Ctrl-C, and the shell asks for the next command", async () => {
  await open("endless", ["bash", "--norc", "-i"]);
  const viewer = await watch("endless");
  await client.writeTerminal("endless", "PS1='ne''xt> '\r");
  await viewer.until(PROMPT);
  await client.writeTerminal("endless", "yes flood\r");
  await viewer.until(/(flood\r\n){3}/);
  await client.writeTerminal("endless", "\x03");
  await viewer.until(PROMPT);
  const [state] = (await client.listTerminals()).filter(({ id }) => id === "endless");
  expect(state?.exit).toBeNull();
  await client.killTerminal("endless");
});
