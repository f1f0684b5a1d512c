import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

const env = { PATH: process.env["PATH"] ?? "" };
let lastId = 0;
const open = async (script: string): Promise<string> => {
  const id = `hostile-${lastId++}`;
  const argv = ["bash", "--norc", "-c", script];
  await client.openTerminal({ id, session: "s", argv, cwd: "/tmp", env, cols: 80, rows: 24 });
  return id;
};

/** What a program gets as input for printing `text`. */
async function inputFor(text: string | Uint8Array): Promise<string> {
  const file = path.join(daemon.stateDir, `corpus-${lastId}`);
  await writeFile(file, text);
  // The answer to "are you fine?" comes last: what is read before it was said unasked. CAN ends what was not ended.
  // After a storm it takes a while until anything is answered again.
  const id = await open(
    `stty raw -echo; cat '${file}'; printf '\\x18\\e\\\\'; ` +
      `until IFS= read -r -t 0.3 -d n part; do all+=$part; printf '\\e[5n'; done; printf %s "$all$part" > '${file}.in'`,
  );
  await client.terminalExited(id);
  await client.killTerminal(id);
  return (await readFile(`${file}.in`, "utf8")).slice(0, -"\x1b[0".length);
}

describe("a program that prints", () => {
  test.each<[string, string | Uint8Array, string]>([
    ["a question for device attributes", "\x1b[c\x1b[>c", "\x1b[?1;2c\x1b[>0;276;0c"],
    ["where the cursor is", "\x1b[H\x1b[6n", "\x1b[1;1R"],
    ["the clipboard (OSC 52)", "\x1b]52;c;?\x07\x1b]52;c;cm0gLXJmIC8K\x07", ""],
    ["a title and its report", "\x1b]0;rm -rf /\r\x07\x1b[21t\x1b[20t", ""],
    ["a report of the window", "\x1b[14t\x1b[18t\x1b[19t", ""],
    ["DECRQSS", '\x1bP$q"p\x1b\\\x1bP$qm\x1b\\\x1bP$qr\x1b\\', ""],
    ["XTGETTCAP and a sixel", "\x1bP+q544e\x1b\\\x1bPq#0;2;0;0;0#0!999999~-\x1b\\", ""],
    ["reports of modes", "\x1b[?2004$p\x1b[4$p\x1b[?996n\x1b[>q\x1b[?6n", ""],
    [
      "kitty's keyboard, and all that is no part of it",
      `${"\x1b[>31u".repeat(100_000)}\x1b[>4294967295u\x1b[=${"9".repeat(1000)};9u\x1b[?u\x1b[<2147483647u\x1b[=64u\x1b[?u`,
      "\x1b[?31u\x1b[?0u",
    ],
    ["reports of colours", "\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]4;1;?;2;?\x07", ""],
    ["an answerback and DECID", "\x05\x1bZ", ""],
    [
      "huge parameters",
      `\x1b[${"9".repeat(100_000)};${"1;".repeat(100_000)}m\x1b[2147483648X\x1b[99999999999b`,
      "",
    ],
    ...["L", "M", "S", "T", "I", "Z", "b"].map((final): [string, string, string] => [
      `all that can be counted, ${final}`,
      `x\x1b[2147483647${final}`.repeat(1000),
      "",
    ]),
    ["a character without end", `a${"\u0301".repeat(500_000)}`, ""],
    ["links as long as can be", `\x1b]8;;http://${"x".repeat(500_000)}\x07link`.repeat(20), ""],
    ["a screen of other sizes", "\x1b[?3h\x1b[8;9999;9999t\x1b[9999;9999r\x1b[?3l", ""],
    ["invalid UTF-8", Buffer.from("c328a0a1e228a1f0288cbcfcc0afedA080ff9b63".repeat(1000), "hex"), ""],
    ["all bytes", Buffer.from(Array.from({ length: 65_536 }, (_, n) => (n * 167 + (n >> 8)) & 0xff)), ""],
    ["marks and folders", `\x1b]133;D;0\x07\x1b]7;file:///${"x".repeat(1_000_000)}\x07\x1b]1337;x\x07`, ""],
  ])("%s gets only what is harmless", async (_, text, expected) => {
    expect(await inputFor(text)).toBe(expected);
  });

  test("a storm of questions gets a few answers", async () => {
    const started = performance.now();
    const input = await inputFor("\x1b[c".repeat(1_000_000));
    const seconds = (performance.now() - started) / 1000;
    expect(input.replaceAll("\x1b[?1;2c", "")).toBe("");
    // At first some, then some a second, however long the machine takes.
    expect(input.length / "\x1b[?1;2c".length).toBeLessThan(100 + 16 * seconds);
  });
});

/** How much more memory thirty times the flood may take, at any moment: garbage that comes and goes, not its 300 MB. In bytes. */
const MOST_MORE = 200 * 1024 * 1024;

/** The most memory while so many megabytes came of a string that does not end, and another shell went on answering. */
async function floodOf(start: string, megabytes: number): Promise<number> {
  forgetPeak(client.pid);
  const other = await open("stty -echo; while read -r line; do echo got $line; done");
  const flood = await open(
    `printf '${start}'; head -c ${megabytes}M /dev/zero | tr '\\0' A; printf '\\e\\\\'; echo; echo over; read`,
  );
  let seen = "";
  let look = (): void => {};
  await client.attachTerminal(other, {
    onScreen: () => {},
    onOutput(bytes) {
      seen += Buffer.from(bytes).toString();
      look();
    },
  });
  for (let round = 0; round < 20; round++) {
    await client.writeTerminal(other, `${round}\r`);
    await new Promise<void>((resolve) => {
      look = () => seen.includes(`got ${round}\r\n`) && resolve();
      look();
    });
  }
  const over = Promise.withResolvers<void>();
  let end = "";
  const show = (text: string): void => {
    // The word may be cut between two pieces.
    if (`${end}${text}`.includes("over")) over.resolve();
    end = text.slice(-3);
  };
  await client.attachTerminal(flood, {
    onScreen: ({ text }) => show(text),
    onOutput: (bytes) => show(Buffer.from(bytes).toString()),
  });
  await over.promise;
  const { peak } = memoryOf(client.pid);
  await client.killTerminal(flood);
  await client.killTerminal(other);
  return peak;
}

test("300 MB of an OSC that never ends stop nobody and stay nowhere", async () => {
  const few = await floodOf("\\e]0;", 10);
  const many = await floodOf("\\e]0;", 300);
  expect(many - few).toBeLessThan(MOST_MORE);
});

// That nothing of them stays is a test of the screen's (screen.test.ts), which can tell what it holds from garbage.
test.each([
  ["an OSC 52", "\\e]52;c;"],
  ["a DCS", "\\eP$q"],
  ["an APC", "\\e_G"],
])("%s that never ends stops nobody", async (_, start) => {
  await expect(floodOf(start, 20)).resolves.toBeGreaterThan(0);
});
