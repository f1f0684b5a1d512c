import { SerializeAddon } from "@xterm/addon-serialize";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import xterm from "@xterm/headless";
import { expect, test } from "vitest";
import { MAX_LINK, limitWork } from "./limits.ts";

function newTerminal() {
  const terminal = new xterm.Terminal({ cols: 20, rows: 5, allowProposedApi: true, logLevel: "off" });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  terminal.loadAddon(new UnicodeGraphemesAddon());
  limitWork(terminal);
  return {
    terminal,
    write: (text: string): Promise<void> => new Promise((resolve) => terminal.write(text, resolve)),
    lines: (): string[] => {
      const { active } = terminal.buffer;
      return Array.from(
        { length: active.length },
        (_, n) => active.getLine(n)?.translateToString(true) ?? "",
      );
    },
  };
}

/** What a program says as often as it can, and what there is after it. */
test.each([
  ["scrolls up", "S", ["", "", "", "", ""]],
  ["scrolls down", "T", ["", "", "", "", ""]],
  ["inserts lines", "L", ["", "", "", "", ""]],
  ["deletes lines", "M", ["", "", "", "", ""]],
  ["goes to the next tab", "I", ["ax", "b", "c", "d", "e"]],
  ["goes to the tab before", "Z", ["xa", "b", "c", "d", "e"]],
  ["repeats a letter", "b", ["x".repeat(20), "x", "c", "d", "e"]],
])("one that %s is done in no time", async (_, final, lines) => {
  const { write, lines: shown } = newTerminal();
  await write("a\r\nb\r\nc\r\nd\r\ne\x1b[H");
  if (final === "I") await write("a\x1b[2147483647Ix");
  else if (final === "Z") await write("\x1b[5G\x1b[2147483647Zx\x1b[1;2Ha");
  else if (final === "b") await write("x\x1b[2147483647b");
  else await write(`\x1b[2147483647${final}`);
  const all = shown();
  expect(all.slice(-5).map((line) => line.replace(/a +x/, "ax"))).toEqual(lines);
});

test("counts that a screen has room for are kept", async () => {
  const { write, lines } = newTerminal();
  await write("a\r\nb\r\nc\x1b[2;1H\x1b[1L\x1b[4;1Hx\x1b[3b");
  expect(lines()).toEqual(["a", "", "b", "xxxx", ""]);
});

test("a character that grows without end, and an address as long, end", async () => {
  const { write, terminal } = newTerminal();
  await write(`a${"\u0301".repeat(100_000)}b`);
  const cell = terminal.buffer.active.getLine(0)?.getCell(0)?.getChars() ?? "";
  expect([cell.length < 100, cell.startsWith("a\u0301")]).toEqual([true, true]);
  await write(`\x1b]8;;http://${"x".repeat(MAX_LINK)}\x07long\x1b]8;;\x07`);
  // Without the address it is no link, and not underlined.
  expect(terminal.buffer.active.getLine(0)?.getCell(3)?.isUnderline()).toBe(0);
  await write("\x1b]8;;http://x\x07short");
  expect(terminal.buffer.active.getLine(0)?.getCell(6)?.isUnderline()).not.toBe(0);
});
