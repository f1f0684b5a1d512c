import { expect, test } from "vitest";
import { type Screen, createScreen } from "./screen.ts";

const write = (screen: Screen, text: string): Promise<readonly string[]> =>
  new Promise((resolve) => screen.write(Buffer.from(text), resolve));

const SIZE = { cols: 20, rows: 6, markKey: "key" };
const mark = (text: string) => `\x1b]133;${text};k=key\x07`;
const many = (line: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${n} ${line}\r\n`).join("");

const BEFORE: readonly [string, string][] = [
  ["nothing", ""],
  ["scrollback, full", many("\x1b[31mred\x1b[0m", 10_010)],
  ["wrapped lines", many("a line that is longer than the screen is wide", 40)],
  ["wide and combined characters", many("日本語 👩‍👩‍👧 é 漢字 한국어", 30)],
  [
    "underlines and links",
    many("\x1b[4:3m\x1b[58;5;9mcurly\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07", 30),
  ],
  ["the alternate screen", `${many("shell", 20)}\x1b[?1049h\x1b[2J\x1b[31minside\x1b[3;4H`],
  ["modes", "\x1b[?2004h\x1b[?1h\x1b=\x1b[?1003h\x1b[?1006h\x1b[?1004h\x1b[?7l\x1b[4h\x1b[>5u\x1b[?25l"],
  ["a scrolling region and origin mode", `${many("x", 9)}\x1b[2;4r\x1b[?6h\x1b[2;3H`],
  ["tab stops", "\x1b[3g\x1b[5G\x1bH\x1b[11G\x1bH\r"],
  ["charsets", "\x1b(0qqq\x1b)0\x0e"],
  ["a saved cursor", "\x1b[3;7H\x1b[35m\x1b7\x1b[H\x1b[0m"],
  ["marks", `${mark("A")}> one\r\n${mark("C")}out\r\n${mark("D;2")}${mark("A")}> `],
  ["an unfinished sequence", "text\x1b[3"],
  ["an unfinished string", "text\x1b]0;a tit"],
];
const AFTER =
  "1mx\x07\tb\tc\x1b8saved\x0eqq\x0f\r\nlong enough to wrap around the edge\n\n\n日本\x1b[?1049lback\r\n" +
  `${mark("C")}${mark("D;0")}${many("after", 12)}\x1b[?1049hagain`;

test.each(BEFORE)("a screen that rested with %s goes on as one that did not", async (_, before) => {
  using rested = createScreen(SIZE);
  using other = createScreen(SIZE);
  const both = async (act: (screen: Screen) => unknown) => {
    const said = [await act(rested), await act(other)];
    expect(said[0]).toEqual(said[1]);
    expect(await rested.snapshot()).toEqual(await other.snapshot());
  };
  await both((screen) => write(screen, before));
  expect(rested.rest()).toBe(true);
  await both(() => null);
  await both((screen) => write(screen, AFTER));
  expect(rested.rest()).toBe(true);
  await both((screen) => screen.resize(33, 9));
  expect([rested.rest(), rested.rest()]).toEqual([true, true]);
  await both((screen) => screen.resize(12, 4));
  await both((screen) => write(screen, `\x1b[6n${many("the end", 5)}`));
  rested.rest();
  await both((screen) => screen.clear());
  expect(rested.rest()).toBe(true);
  await both((screen) => write(screen, AFTER));
  // Less than the whole needs the cells.
  rested.rest();
  expect(await rested.snapshot({ maxBytes: 500 })).toEqual(await other.snapshot({ maxBytes: 500 }));
  rested.rest();
});

test("a screen does not rest while something waits to be parsed", async () => {
  using screen = createScreen(SIZE);
  const parsed = write(screen, "text");
  expect(screen.rest()).toBe(false);
  await parsed;
  await screen.snapshot();
  expect(screen.rest()).toBe(true);
});
