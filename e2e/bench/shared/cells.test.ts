import { expect, test } from "vitest";
import { cellsOfText, differenceOf } from "./cells.ts";

const SIZE = { cols: 20, rows: 3, scrollback: 10 };
const read = (text: string) => cellsOfText(text, SIZE);
const SAID = "one\r\n\x1b[1;31mtwo\x1b[0m and \x1b[48;2;1;2;3m  \x1b[0m\r\nthree\r\nfour";

test("a screen is read with its scrollback, its colours and its cursor", async () => {
  expect(await read(SAID)).toEqual({
    lines: ["one", "⟨fg 1, bold⟩two⟨⟩ and ⟨bg #010203⟩  ", "three", "four"],
    cursor: { x: 4, y: 2 },
  });
});

test("what looks alike is equal, however it was said", async () => {
  const other =
    "one  \r\n\x1b[38;5;1m\x1b[1mtwo\x1b[22;39m and \x1b[48:2::1:2:3m  \x1b[m \r\nthr\x1b[31mee\x1b[1D\x1b[1D\x1b[0mee\r\nfour";
  expect(differenceOf(await read(SAID), await read(other), 4)).toBe(null);
});

test.each([
  ["a colour", "\x1b[1;31m", "\x1b[1;32m"],
  ["an attribute", "\x1b[1;31m", "\x1b[31m"],
  ["the colour of a blank", "48;2;1;2;3", "48;2;1;2;4"],
  ["a character", "two", "twa"],
  ["where it wraps", "one\r\n", "one and then some of it\r\n"],
])("%s that is another one differs", async (_what, here, there) => {
  expect(differenceOf(await read(SAID), await read(SAID.replace(here, there)), 4)).toMatch(
    /^line \d of the last 4: /,
  );
});

test("a difference says what is where", async () => {
  const [ours, theirs] = [await read(SAID), await read(SAID.replace("31", "34"))];
  expect(differenceOf(ours, theirs, 3)).toBe(
    'line 0 of the last 3: "⟨fg 1, bold⟩two⟨⟩ and ⟨bg #010203⟩  " is not "⟨fg 4, bold⟩two⟨⟩ and ⟨bg #010203⟩  "',
  );
  expect(differenceOf(ours, theirs, 2)).toBe(null);
});

test("a cursor elsewhere differs", async () => {
  expect(differenceOf(await read(SAID), await read(`${SAID}\x1b[A`), 4)).toBe(
    "the cursor is at column 4 of row 2, not at column 4 of row 1",
  );
});

test("lines that are not there are not equal", async () => {
  expect(differenceOf(await read(SAID), await read(SAID), 5)).toBe("of 5 lines there are only 4");
});
