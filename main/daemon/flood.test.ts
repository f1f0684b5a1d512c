/** A flood: every byte is counted, nothing grows, and Ctrl-C ends it. `npm run bench -- flood` has the gigabyte. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DaemonClient } from "./client.ts";
import { forgetPeak, memoryOf } from "./testing/memory.ts";
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
/** How much more memory six times the flood may take, at any moment: garbage that comes and goes, not the 192 MB of it. */
const MOST_MORE = 128 * MEGABYTE;
/** Of a flood behind its Ctrl-C, which the kernel gives to the program when it has time; the flood has no end by itself. */
const MOST_AFTER = 16 * MEGABYTE;

/** What a client sees of it: its last screen, how many bytes behind that, and when a text was there. */
async function watch(id: string) {
  let text = "";
  let look = (): void => {};
  const seen = { screen: 0, bytes: 0, last: 0 };
  await client.attachTerminal(id, {
    onScreen: (screen) => {
      text = screen.text.slice(-200);
      seen.screen = seen.last = screen.offset;
      seen.bytes = 0;
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
    /** Resolves when the text ends so, and so many bytes have come. */
    until: (part: RegExp, bytes = 0): Promise<void> =>
      new Promise((resolve) => {
        look = () => seen.last >= bytes && part.test(text) && resolve();
        look();
      }),
  };
}

test("of 224 MB every byte is counted, the shell's line ends too, and six times the flood takes no more memory", async () => {
  // 63 bytes and a line feed, which the pty makes two.
  const print = (lines: number, last: string): string =>
    `read -r; yes ${"x".repeat(63)} | head -n ${lines}; printf ${last}`;
  const [few, many] = [512 * 1024, 3 * 1024 * 1024];
  const script = `${print(few, "warm")}; ${print(many, "over")}; read -r`;
  await open("counted", ["bash", "--norc", "-c", script]);
  const viewer = await watch("counted");
  await client.writeTerminal("counted", "\r");
  await viewer.until(/warm$/);
  const first = memoryOf(client.pid).peak;
  forgetPeak(client.pid);
  await client.writeTerminal("counted", "\r");
  await viewer.until(/over$/);
  const [state] = (await client.listTerminals()).filter(({ id }) => id === "counted");
  const echoOfReturn = "\r\n".length;
  const expected = 2 * echoOfReturn + (few + many) * 65 + "warmover".length;
  expect(state?.total).toBe(expected);
  expect(viewer.seen.last).toBe(expected);
  // None twice and none left out, from the screen that it was shown last.
  expect(viewer.seen.screen + viewer.seen.bytes).toBe(expected);
  const more = memoryOf(client.pid).peak - first;
  expect(more).toBeLessThan(MOST_MORE);
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
  await viewer.until(/(flood\r\n){3}/, 16 * MEGABYTE);
  const stateNow = async () => (await client.listTerminals()).find(({ id }) => id === "endless");
  const [asked] = await Promise.all([stateNow(), client.writeTerminal("endless", "\x03")]);
  await viewer.until(PROMPT);
  const state = await stateNow();
  expect(state?.exit).toBeNull();
  const after = (state?.total ?? 0) - (asked?.total ?? 0);
  expect(after).toBeLessThan(MOST_AFTER);
  await client.killTerminal("endless");
});
