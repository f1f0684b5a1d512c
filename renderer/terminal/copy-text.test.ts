import xterm from "@xterm/headless";
import { expect, test } from "vitest";
import { linesThatGoOn, withoutLineBreaks } from "./copy-text.ts";

test("lines become one, with a space where there was a line end", () => {
  expect(withoutLineBreaks("git commit\n  --message\r\n  'done'\n", [])).toBe("git commit --message 'done'");
});

test("a line that goes on is followed by the next without a space", () => {
  expect(withoutLineBreaks("https://exam\nple.com/a\nb", [true, false])).toBe("https://example.com/a b");
});

test("empty lines leave nothing behind", () => {
  expect(withoutLineBreaks("\n\na\n\n\nb\n", [])).toBe("a b");
});

test.each([
  ["full", "abcdefghi\r\nj", [true]],
  ["not full", "abcdefgh\r\nj", [false]],
  ["full but for a space", "abcdefgh \r\nj", [false]],
  ["broken by the terminal, and short", "abcdefghijk\r\nl\r\nm", [false, false]],
  ["broken by the terminal, and full", "abcdefghijklmnopqr\r\ns", [true]],
  ["of wide characters, before one that has no room", "日本語文\r\n字", [true]],
  ["of wide characters, before one that has", "日本語文\r\na", [false]],
  ["that ends with a wide character", "a日本語文\r\na", [true]],
])("a line that is %s goes on or not", async (_, text, expected) => {
  const terminal = new xterm.Terminal({ cols: 9, rows: 6, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { cursorX, cursorY } = terminal.buffer.active;
  const range = { start: { x: 0, y: 0 }, end: { x: cursorX, y: cursorY } };
  expect(linesThatGoOn(terminal, range)).toEqual(expected);
  terminal.dispose();
});
