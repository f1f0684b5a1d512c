import { expect, test } from "vitest";
import { type Screen, createScreen } from "./screen.ts";

const write = (screen: Screen, text: string | Uint8Array): Promise<unknown> =>
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
  ["tab stops", "\x1b[9G\x1b[g\r", "\x1b[3g\x1b[17G\x1bH\r", "\x1b[9G\x1bH\r"],
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

const many = (count: number): string => Array.from({ length: count }, (_, n) => `line ${n}\r\n`).join("");
const SAVED = "\x1b[2;7H\x1b[1;35;48;2;1;2;3m\x1b7";
const AFTER =
  "qx\x0eqx\x0fqx\x1bnqx\x0f\x1b8qx\x1b[1;1Htop\ttab\tby\x1b[2Ztab\x1b[9;1Hend\n\n\x1b8bottom\x1b[?1049lqx\r\n\n\n\n\n\nback\x1b8again\r\ttab\tby\x1b[2Ztab";

/** What of a terminal is not to be seen until a program goes on. */
test.each([
  ["charsets", "\x1b(0\x1b)A\x1b*4\x1b+0"],
  ["charsets as the VT300 set them", "\x1b-0\x1b.0\x0e"],
  ["G1 that holds", "\x1b)0\x0e"],
  ["G2 that holds", "\x1b*0\x1bn"],
  ["G3 that holds", "\x1b+0\x1bo"],
  ["charsets that were reset", "\x1b(0\x1b)0\x1b[!p"],
  ["charsets as UTF-8 has them", "\x1b(0\x1b%G"],
  ["a saved cursor", `${SAVED}\x1b[0m\x1b[3;3H`],
  ["a saved cursor, and its colours", `${SAVED}\x1b[3;3H`],
  ["a cursor that other colours were saved with", "\x1b[91;7;48;5;200m\x1b[s\x1b[0;3m"],
  ["a cursor that was saved while lines were drawn", "\x1b(0\x1b[2;2H\x1b7\x1b(B\x1b[5;5H"],
  ["a cursor that came back to lines", "\x1b(0\x1b[2;2H\x1b7\x1b(B\x1b8"],
  ["a cursor that was saved in the scrollback", `${many(3)}\x1b7${many(20)}`],
  ["a cursor that was saved below it", `${many(30)}\x1b[3;4H\x1b7\x1b[5;1H`],
  ["a saved cursor with a region and the origin mode", `${many(9)}${SAVED}\x1b[2;4r\x1b[?6h\x1b[2;3H`],
  ["a main screen with a region", `${many(9)}\x1b[2;4r\x1b[?1049h\x1b[2J\x1b[Hinside`],
  ["both screens with a region", `\x1b[2;4r\x1b[?1049h\x1b[1;3rinside`],
  ["colours of the main screen", `${many(3)}\x1b[32m\x1b[?1049h\x1b[2J\x1b[0;31minside\x1b[4;4H`],
  ["a background of the main screen", `${many(3)}\x1b[42m\x1b[?1049h\x1b[0m\x1b[2Jinside`],
  ["colours of the alternate screen alone", `${many(30)}\x1b[?1049hplain \x1b[31mred`],
  ["saved cursors on both screens", `${many(2)}${SAVED}\x1b[?1049h\x1b[3;3H\x1b(0\x1b7\x1b(B\x1b[2Jinside`],
  ["the alternate screen alone", `${many(2)}${SAVED}\x1b[9;1H\x1b[?1047hinside`],
  ["tab stops", "\x1b[3g\x1b[4G\x1bH\x1b[12G\x1bHtext"],
  ["no tab stop", "\x1b[3g"],
  ["tab stops of the main screen", "\x1b[5G\x1bH\r\x1b[?1049hinside"],
  ["tab stops of both screens", "\x1b[5G\x1bH\x1b[?1049h\x1b[3g\x1b[3G\x1bHinside"],
  ["tab stops, before the last column is full", `\x1b[3g\x1b[4G\x1bH\r${"x".repeat(20)}`],
  ["a cursor behind the last column", `\x1b)0\x0e${"x".repeat(20)}`],
  ["a left alternate screen", `${many(2)}\x1b[?1049hinside\x1b[?1049l`],
])("a program goes on with %s as if nobody had come later", async (_, before) => {
  using screen = createScreen({ cols: 20, rows: 6 });
  await write(screen, before);
  using viewer = createScreen({ cols: 20, rows: 6 });
  await write(viewer, (await screen.snapshot()).text);
  for (const one of [screen, viewer]) await write(one, AFTER);
  expect((await viewer.snapshot()).text).toBe((await screen.snapshot()).text);
});

test("tab stops are those of the terminal's width, and none of them a dead program's", async () => {
  using screen = createScreen({ cols: 20, rows: 6 });
  await write(screen, "\x1b[3g\x1b[4G\x1bH\r");
  screen.resize(30, 6);
  const snapshot = await screen.snapshot();
  using viewer = createScreen({ cols: 30, rows: 6 });
  await write(viewer, snapshot.text);
  using restarted = createScreen({ cols: 30, rows: 6, restore: { ...snapshot, notice: "again" } });
  const tabbed = async (one: Screen): Promise<string | undefined> => {
    one.resize(40, 6);
    await write(one, "\x1b[2J\x1b[H\t1\t2\t3\t4");
    return (await one.snapshot()).text.split("\r\n")[0];
  };
  expect(await tabbed(viewer)).toBe(await tabbed(screen));
  using fresh = createScreen({ cols: 30, rows: 6 });
  expect(await tabbed(restarted)).toBe(await tabbed(fresh));
});

test("who comes at any byte of an output sees what comes next as if they had been there before", async () => {
  const output = Buffer.from(
    "a\x1b[1;38;2;17;9;9mred\x1b[0m \x1b[3\r1mover\x1b[m é 日本 🙂 \x1b]0;title ü\x07b\x1b]2;other\x1b\\c" +
      '\x1b]8;;http://x\x1b\\link\x1b[4m under\x1b[24m\x1b]8;;\x1b\\\x1bP$q\n"p\x1b\\\x1b_apc\x1b\\\u009b32mgreen\u009d0;eight\u009c\x1b(0q\x1b(B' +
      "\x1b[4\x18can\x1b[9\x1b[7mesc\x1b[?2004h\x1b[2;3H\x1b[?1049hinside\x1b[5;5H\x1b[?1049l\x1b\n]0;new\x07\x1b]8;;http://y\x1b\\x\x1b[!py end",
  );
  using whole = createScreen({ cols: 20, rows: 5 });
  await write(whole, output);
  const { text, title } = await whole.snapshot();
  for (let at = 0; at <= output.length; at += 1) {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, output.subarray(0, at));
    const before = await screen.snapshot();
    using viewer = createScreen({ cols: 20, rows: 5 });
    await write(viewer, before.text);
    await write(viewer, before.unfinished);
    await write(viewer, output.subarray(at));
    const after = await viewer.snapshot();
    expect({ at, text: after.text, title: after.title || before.title }).toEqual({ at, text, title });
  }
});

test.each([
  ["a sequence", "\x1b[1", "23;4\r\n", 4096],
  ["a title", "\x1b]0;a", "«text»", 1024 * 1024],
])("%s that never ends is no burden to who comes later", async (_, start, more, most) => {
  using screen = createScreen({ cols: 20, rows: 5 });
  await write(screen, start);
  for (let piece = 0; piece < 40; piece += 1) await write(screen, more.repeat(64 * 1024));
  const { unfinished } = await screen.snapshot();
  expect(Buffer.from(unfinished).toString().startsWith(start)).toBe(true);
  expect(unfinished.length).toBeLessThanOrEqual(most);
});
