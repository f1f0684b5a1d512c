import { SerializeAddon } from "@xterm/addon-serialize";
import xterm from "@xterm/headless";
import { describe, expect, test } from "vitest";
import { createFeed } from "./screen-feed.ts";
import { trackModes } from "./screen-modes.ts";
import { leftColours, scanPlain } from "./screen-skip.ts";

const SCROLLBACK = 3000;
const ROWS = 6;

function newTerminal() {
  const terminal = new xterm.Terminal({
    cols: 30,
    rows: ROWS,
    scrollback: SCROLLBACK,
    allowProposedApi: true,
    logLevel: "off",
  });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  return {
    terminal,
    state: () => ({
      text: serializer.serialize({ scrollback: SCROLLBACK }),
      cursor: [terminal.buffer.active.cursorX, terminal.buffer.active.cursorY],
      length: terminal.buffer.active.length,
    }),
  };
}

/** What a terminal is that parses everything. */
async function whole(pieces: readonly Uint8Array[]) {
  const { terminal, state } = newTerminal();
  for (const piece of pieces) terminal.write(piece);
  await new Promise<void>((resolve) => terminal.write("", resolve));
  return state();
}

/** What a terminal is behind a feed that is given all at once, and how many bytes it parsed. */
async function fed(pieces: readonly Uint8Array[]) {
  const { terminal, state } = newTerminal();
  let parsed = 0;
  const write = terminal.write.bind(terminal);
  terminal.write = (data, callback) => {
    parsed += data.length;
    write(data, callback);
  };
  using feed = createFeed(terminal, SCROLLBACK, trackModes(terminal).hasRegion);
  let told = 0;
  for (const piece of pieces) feed.push(piece, () => (told += 1));
  await new Promise<void>((resolve) => feed.after(resolve));
  return { state: state(), parsed, told };
}

const random = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

/** Lines of text, colours and wide characters; now and then what `others` has. */
function flood(seed: number, lines: number, others: readonly string[]): Buffer {
  const next = random(seed);
  const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)] ?? "";
  const words = [
    "word",
    "\x1b[31mred",
    "\x1b[1;38;5;200mbold",
    "\x1b[0m",
    "日本",
    "é🙂",
    "\t",
    "\x1b[K",
    " ",
    "a\bb",
  ];
  const line = (): string => {
    const other = others.length > 0 && next() < 0.0003 ? pick(others) : "";
    return `${Array.from({ length: Math.floor(next() * 12) }, () => pick(words)).join("")}${other}\r\n`;
  };
  return Buffer.from(Array.from({ length: lines }, line).join(""));
}

function cut(bytes: Buffer, seed: number, most: number): Uint8Array[] {
  const next = random(seed);
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(next() * most);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe("a feed", () => {
  test.each([1, 2, 3, 4])("of lines and colours parses a part and gives the whole, seed %i", async (seed) => {
    const pieces = cut(flood(seed, 40_000, []), seed, 9_000);
    const { state, parsed, told } = await fed(pieces);
    expect(state).toEqual(await whole(pieces));
    expect(told).toBe(pieces.length);
    expect(parsed).toBeLessThan(Buffer.concat(pieces).length / 2);
  });

  test.each([1, 2, 3, 4, 5, 6])("with other sequences in it gives the same, seed %i", async (seed) => {
    const others = [
      "\x1b[3;5H",
      "\x1b[2J",
      "\x1b]0;title\x07",
      "\x1b(0qqq",
      "\x1b[4h",
      "\x1b[?1049h",
      "\x1b[?1049l",
      "\x1b[2;4r",
      "\x1b[r",
      "\x1b7",
      "\x1b8",
      "\u009b1m",
      "\x1bc",
      "\x0e",
      "\x1b[4l",
    ];
    const pieces = cut(flood(seed, 20_000, others), seed, 9_000);
    const { state } = await fed(pieces);
    expect(state).toEqual(await whole(pieces));
  });

  test("cut within characters and sequences gives the same", async () => {
    const pieces = cut(flood(9, 3_000, []), 9, 7);
    expect((await fed(pieces)).state).toEqual(await whole(pieces));
  });

  test("keeps colours that are never reset", async () => {
    const pieces = cut(Buffer.from("\x1b[1m" + "\x1b[4mline\x1b[32m\r\n".repeat(30_000)), 1, 60_000);
    expect((await fed(pieces)).state).toEqual(await whole(pieces));
  });

  test("of bytes that are no text gives the same", async () => {
    const next = random(5);
    const pieces = cut(
      Buffer.from(Array.from({ length: 200_000 }, () => Math.floor(next() * 256))),
      5,
      5_000,
    );
    expect((await fed(pieces)).state).toEqual(await whole(pieces));
  });
});

describe("plain", () => {
  const plain = (text: string | Uint8Array) => scanPlain(Buffer.from(text));

  test.each([
    ["text", "héllo\r\n日本\n", { lines: 2, end: 15 }],
    ["colours", "\x1b[1;38:2:1:2:3mx\x1b[K\n", { lines: 1, end: 20 }],
    ["the beginning of a colour", "a\n\x1b[3", { lines: 1, end: 2 }],
    ["the beginning of a character", Buffer.from("ab日").subarray(0, 4), { lines: 0, end: 2 }],
    ["a cursor's move", "\x1b[A", null],
    ["an 8-bit sequence", "\u009b1m", null],
    ["a title", "\x1b]0;x\x07", null],
    ["a control in a sequence", "\x1b[\n1m", null],
    ["a charset", "\x0e", null],
  ])("%s", (_, text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  test("colours are left from the last reset on", () => {
    expect(leftColours(Buffer.from("\x1b[31ma\x1b[0m\x1b[Kb\x1b[1mc\x1b[4m")).toString()).toBe(
      "\x1b[0m\x1b[1m\x1b[4m",
    );
  });
});
