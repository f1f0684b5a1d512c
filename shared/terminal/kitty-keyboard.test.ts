import xterm from "@xterm/headless";
import { expect, test } from "vitest";
import { trackKittyKeyboard } from "./kitty-keyboard.ts";

/** What a terminal that was sent `text` has of the keyboard. */
async function after(text: string) {
  const terminal = new xterm.Terminal({ allowProposedApi: true });
  const keyboard = trackKittyKeyboard(terminal);
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { flags } = keyboard;
  const toAlternate = terminal.buffer.active.type === "alternate" ? "\x1b[?1049h" : "";
  const restored = `${keyboard.restoreFirst()}|${keyboard.restore()}`;
  terminal.dispose();
  return { flags, restored, again: restored.replace("|", toAlternate) };
}

test.each([
  ["nothing", "", 0, "|"],
  ["a push", "\x1b[>5u", 5, "|\x1b[>5u"],
  ["a push of nothing", "\x1b[>5u\x1b[>u", 0, "|\x1b[>5u\x1b[>0u"],
  ["pushes", "\x1b[>1u\x1b[>31u", 31, "|\x1b[>1u\x1b[>31u"],
  ["a pop", "\x1b[>1u\x1b[>3u\x1b[<u", 1, "|\x1b[>1u"],
  ["several pops", "\x1b[>1u\x1b[>3u\x1b[>5u\x1b[<2u", 1, "|\x1b[>1u"],
  ["more pops than pushes", "\x1b[=3u\x1b[>1u\x1b[<9u", 0, "|"],
  ["a pop of nothing", "\x1b[<u", 0, "|"],
  ["as many pops as can be said", "\x1b[>1u\x1b[<99999999999u", 0, "|"],
  ["flags that are set", "\x1b[=3u", 3, "|\x1b[=3u"],
  ["flags that are set in words", "\x1b[=1u\x1b[=3;1u", 3, "|\x1b[=3u"],
  ["flags that are added", "\x1b[=3u\x1b[=5;2u", 7, "|\x1b[=7u"],
  ["flags that are taken", "\x1b[=7u\x1b[=5;3u", 2, "|\x1b[=2u"],
  ["flags in a way that is none", "\x1b[=7u\x1b[=1;4u", 7, "|\x1b[=7u"],
  ["flags that are set over a push", "\x1b[>1u\x1b[=8u\x1b[>2u\x1b[<u", 8, "|\x1b[>8u"],
  ["flags that there are not", "\x1b[>99u", 3, "|\x1b[>3u"],
  ["too large a number", "\x1b[>99999999999u", 31, "|\x1b[>31u"],
  ["parts of numbers", "\x1b[>1:2u\x1b[=4:3u", 4, "|\x1b[>4u"],
  ["a storm of pushes", `\x1b[>2u${"\x1b[>1u".repeat(100_000)}`, 1, `|\x1b[=1u${"\x1b[>1u".repeat(15)}`],
  ["the alternate screen", "\x1b[>1u\x1b[?1049h", 0, "\x1b[>1u|"],
  ["both screens", "\x1b[>1u\x1b[?1049h\x1b[>3u", 3, "\x1b[>1u|\x1b[>3u"],
  ["pops on the alternate screen", "\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[<9u", 0, "\x1b[>1u|"],
  ["a left alternate screen", "\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[?1049l", 1, "|\x1b[>1u"],
  ["another alternate screen", "\x1b[?1049h\x1b[>3u\x1b[?1049;25l\x1b[?1047h", 0, "|"],
  ["a soft reset", "\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[!p", 0, "|"],
  ["a reset", "\x1b[>1u\x1b[?1049h\x1b[>3u\x1bc", 0, "|"],
  ["a saved cursor that comes back", "\x1b[>1u\x1b[s\x1b[u", 1, "|\x1b[>1u"],
])("%s", async (_, text, flags, restored) => {
  const found = await after(text);
  expect(found).toMatchObject({ flags, restored });
  // Who comes later has the same.
  expect(await after(found.again)).toEqual(found);
});
