import { expect, test } from "vitest";
import { type Screen, createScreen } from "./screen.ts";

const write = (screen: Screen, text: string): Promise<unknown> =>
  new Promise((resolve) => screen.write(Buffer.from(text), resolve));

const ALTERNATE = "\x1b[?1049h\x1b[H";

/** A mode, what a program sets it with, what a viewer is sent to have it too, and what the program leaves it with. */
test.each([
  ["bracketed paste", "\x1b[?2004h", "\x1b[?2004h", "\x1b[?2004l"],
  ["the mouse: X10", "\x1b[?9h", "\x1b[?9h", "\x1b[?9l"],
  ["the mouse: clicks", "\x1b[?1000h", "\x1b[?1000h", "\x1b[?1000l"],
  ["the mouse: drags", "\x1b[?1002h", "\x1b[?1002h", "\x1b[?1002l"],
  ["the mouse: all", "\x1b[?1003h", "\x1b[?1003h", "\x1b[?1003l"],
  ["the mouse in SGR", "\x1b[?1000;1006h", "\x1b[?1000h\x1b[?1006h", "\x1b[?1000;1006l"],
  ["the mouse in pixels", "\x1b[?1003h\x1b[?1016h", "\x1b[?1003h\x1b[?1016h", "\x1b[?1003l\x1b[?1016l"],
  ["the alternate screen", "\x1b[?1049h", ALTERNATE, "\x1b[?1049l"],
  ["kitty's keyboard, pushed", "\x1b[>1u\x1b[>5u", "\x1b[>1u\x1b[>5u", "\x1b[<2u"],
  ["kitty's keyboard, set and changed", "\x1b[=1u\x1b[=4;2u", "\x1b[=5u", "\x1b[=5;3u"],
  [
    "kitty's keyboard on both screens",
    "\x1b[>1u\x1b[?1049h\x1b[>3u",
    `\x1b[>1u${ALTERNATE}\x1b[>3u`,
    "\x1bc",
  ],
  ["focus", "\x1b[?1004h", "\x1b[?1004h", "\x1b[?1004l"],
  ["application cursor keys", "\x1b[?1h", "\x1b[?1h", "\x1b[?1l"],
  ["the application keypad", "\x1b=", "\x1b[?66h", "\x1b>"],
  ["the cursor's shape", "\x1b[5 q", "\x1b[5 q", "\x1b[0 q"],
  ["a hidden cursor", "\x1b[?25l", "\x1b[?25l", "\x1b[?25h"],
  ["a scrolling region", "\x1b[2;4r", "\x1b[2;4r\x1b[1;1H", "\x1b[r"],
  ["origin", "\x1b[?6h", "\x1b[?6h\x1b[1;1H", "\x1b[?6l"],
  ["no wrapping", "\x1b[?7l", "\x1b[?7l", "\x1b[?7h"],
  ["insertion", "\x1b[4h", "\x1b[4h", "\x1b[4l"],
  ["new lines", "\x1b[20h", "\x1b[20h", "\x1b[20l"],
  ["reports of the theme", "\x1b[?2031h", "\x1b[?2031h", "\x1b[?2031l"],
  // A viewer that waits for the end of what began before it came would wait in vain.
  ["output in one go", "\x1b[?2026h", "", "\x1b[?2026l"],
])("%s: who comes later has it as long as it holds", async (_, set, sent, left) => {
  using screen = createScreen({ cols: 20, rows: 5 });
  await write(screen, set);
  expect((await screen.snapshot()).text).toBe(sent);
  using viewer = createScreen({ cols: 20, rows: 5 });
  await write(viewer, sent);
  expect((await viewer.snapshot()).text).toBe(sent);
  await write(screen, left);
  expect((await screen.snapshot()).text).toBe("");
});

test("an editor's title goes, and the shell's comes back, for who comes in between too", async () => {
  using screen = createScreen({ cols: 20, rows: 5 });
  await write(screen, "\x1b]0;shell\x07\x1b[22;0t\x1b]2;editor\x07\x1b[22;1t");
  const { text, title } = await screen.snapshot();
  expect([text, title]).toEqual(["\x1b]2;shell\x07\x1b[22;2t\x1b]2;editor\x07", "editor"]);
  using viewer = createScreen({ cols: 20, rows: 5 });
  await write(viewer, text);
  for (const one of [screen, viewer]) {
    await write(one, "\x1b[23;0t\x1b[23;0t");
    expect(await one.snapshot()).toMatchObject({ text: "", title: "shell" });
  }
});
