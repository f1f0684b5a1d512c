import { describe, expect, test } from "vitest";
import { SHORT_SCROLLBACK_LINES, type Screen, type ScreenState, createScreen } from "./screen.ts";
import { heldMemory } from "./testing/memory.ts";

const write = (screen: Screen, text: string | Uint8Array): Promise<readonly string[]> =>
  new Promise((resolve) => screen.write(Buffer.from(text), resolve));

/** What a viewer's terminal is after it was given the snapshot: its own snapshot. */
async function restored(text: string, cols = 20, rows = 5): Promise<string> {
  using screen = createScreen({ cols, rows });
  await write(screen, text);
  return (await screen.snapshot()).text;
}

describe("a screen's snapshot", () => {
  test.each([
    ["text and colours", "plain \x1b[1;31mred\x1b[0m\r\nsecond\x1b[44m blue"],
    ["scrollback", Array.from({ length: 50 }, (_, line) => `line ${line}`).join("\r\n")],
    ["wide characters", "日本語 👩‍👩‍👧 é\r\n漢字"],
    ["the alternate screen", "before\x1b[?1049h\x1b[2Jinside\x1b[3;4H"],
    ["bracketed paste and application keys", "\x1b[?2004h\x1b[?1h\x1b="],
    ["the mouse and its encoding", "\x1b[?1002h\x1b[?1006h"],
    ["a hidden cursor and its shape", "\x1b[?25l\x1b[4 q"],
    ["the keyboard protocol of kitty", "\x1b[>1u\x1b[>5u"],
    ["a scrolling region", "one\r\ntwo\r\nthree\x1b[2;4r\x1b[3;5Hx"],
    ["origin mode in a region", "\x1b[2;4r\x1b[?6h\x1b[2;3Hx"],
  ])("gives back %s", async (_, text) => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, text);
    const { text: snapshot } = await screen.snapshot();
    expect(await restored(snapshot)).toBe(snapshot);
    // And what is written after it goes to the same place.
    const more = "\r\nmore\n\n\nand more";
    await write(screen, more);
    expect(await restored(snapshot + more)).toBe((await screen.snapshot()).text);
  });

  test("has characters as wide as the page has them", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, "🙂👩‍👩‍👧é日\x1b[1;1H");
    expect((await screen.snapshot()).text).toBe("🙂👩‍👩‍👧é日\x1b[7D");
  });

  test("has the modes that are on, and not those that were left", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, "\x1b[?1006h\x1b[>1u\x1b[>3u\x1b[?25l\x1b[2;3r");
    expect((await screen.snapshot()).text).toBe("\x1b[?1006h\x1b[?25l\x1b[>1u\x1b[>3u\x1b[2;3r\x1b[1;1H");
    await write(screen, "\x1b[?1006l\x1b[<1u\x1b[?25h\x1b[r");
    expect((await screen.snapshot()).text).toBe("\x1b[>1u");
    await write(screen, "\x1bc");
    expect((await screen.snapshot()).text).toBe("");
  });

  test("is of the moment it was asked for", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    screen.write(Buffer.from("before"), () => {});
    const snapshot = screen.snapshot();
    screen.write(Buffer.from("after"), () => {});
    expect((await snapshot).text).toBe("before");
  });

  test("has the size, the title and the folder", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(
      screen,
      `\x1b]0;${"long title ".repeat(100)}\x07\x1b]7;file://host/home/ann/my%20project\x1b\\`,
    );
    screen.resize(30, 6);
    expect(await screen.snapshot()).toEqual({
      text: "",
      cols: 30,
      rows: 6,
      title: "long title ".repeat(100).slice(0, 512),
      cwd: "/home/ann/my project",
      marks: [],
      markKey: null,
      short: false,
      unfinished: new Uint8Array(0),
    });
  });

  test.each(["http://evil/x", "no url", "file://h/%ff", `file:///${"x".repeat(10_000)}`])(
    "has no folder from %.20s",
    async (url) => {
      using screen = createScreen({ cols: 20, rows: 5 });
      await write(screen, `\x1b]7;${url}\x07`);
      expect((await screen.snapshot()).cwd).toBeNull();
    },
  );
});

const MEGABYTE = 1024 * 1024;
/** Of a string that has no end: its first 64 kB, which xterm holds in pieces of a character, some 32 bytes each; and the parser's own. */
const MOST_HELD = 8 * MEGABYTE;

describe("hostile output", () => {
  test("gets harmless answers only, one of a kind", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    const storm = "\x1b[c\x1b[6n\x1b[5n".repeat(1000);
    expect(await write(screen, storm)).toEqual(["\x1b[?1;2c", "\x1b[1;1R", "\x1b[0n"]);
  });

  test("is told the flags of kitty's keyboard that hold, in turn with what is asked behind them", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    const asked = "\x1b[?u\x1b[c";
    expect(await write(screen, asked)).toEqual(["\x1b[?0u", "\x1b[?1;2c"]);
    expect(await write(screen, `\x1b[c\x1b[>1u${asked}`)).toEqual(["\x1b[?1;2c", "\x1b[?1u", "\x1b[?1;2c"]);
    expect(await write(screen, `\x1b[?1049h\x1b[=99u${asked}`)).toEqual(["\x1b[?3u", "\x1b[?1;2c"]);
    expect(await write(screen, `\x1b[?1049l${asked}`)).toEqual(["\x1b[?1u", "\x1b[?1;2c"]);
    expect(await write(screen, `\x1b[<u${asked.repeat(1000)}`)).toEqual(["\x1b[?0u", "\x1b[?1;2c"]);
    expect((await screen.snapshot()).text).toBe("");
  });

  test.each([
    ["a title report", "\x1b]0;rm -rf /\r\x07\x1b[21t"],
    ["a setting's report (DECRQSS)", '\x1bP$q"p\x1b\\\x1bP$qm\x1b\\'],
    ["a mode's report", "\x1b[?2004$p"],
    ["the clipboard", "\x1b]52;c;?\x07\x1b]52;c;ZXZpbA==\x07"],
    ["colours", "\x1b]10;?\x07\x1b]4;1;?\x07"],
  ])("gets no answer to %s", async (_, text) => {
    using screen = createScreen({ cols: 20, rows: 5 });
    expect(await write(screen, text)).toEqual([]);
  });

  test.each([
    ["an OSC 52", "\x1b]52;c;", "A"],
    ["a DCS", "\x1bP$q", "A"],
    ["a DCS with bells", "\x1bP$q", "AAAAAAA\x07"],
    ["a title in letters that begin as a C1 does", "\x1b]0;", "·"],
    ["a title in pieces that end as a C1 begins", "\x1b]0;", Buffer.from("AAAAAAA\xc2", "latin1")],
    ["an APC", "\x1b_G", "A"],
  ])("of 100 MB of %s that has not ended yet is not kept", async (_, start, text) => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, start);
    const before = heldMemory();
    // xterm has a limit of its own, of ten million characters.
    for (const pieces of [9, 91]) {
      for (let count = 0; count < pieces; count++) await write(screen, Buffer.alloc(MEGABYTE, text));
      expect(heldMemory() - before).toBeLessThan(MOST_HELD);
    }
    await write(screen, "\x1b\\fine");
    expect((await screen.snapshot()).text).toBe("fine");
  });

  test.each([
    ["a title by a bell", "\x1b]0;", "\x07fine"],
    ["a title by a C1", "\x1b]0;", "\u009cfine"],
    ["a DCS by CAN", "\x1bP$q", "\x18fine"],
    ["an APC by a letter that is not ASCII", "\x1b_G", "éfine"],
  ])("ends where it should, however long: %s", async (_, start, end) => {
    const all = Buffer.from(`${start}${"A".repeat(200_000)}${end}`);
    const inPieces = async (cut: number): Promise<string> => {
      using screen = createScreen({ cols: 20, rows: 5 });
      await write(screen, all.subarray(0, 100_000));
      await write(screen, all.subarray(100_000, cut));
      await write(screen, all.subarray(cut));
      return (await screen.snapshot()).text;
    };
    const ends = Array.from({ length: 8 }, (_, before) => inPieces(all.length - before));
    expect(new Set(await Promise.all(ends))).toEqual(new Set(["fine"]));
  });

  test("of invalid UTF-8, unended sequences and all bytes leaves a screen that works", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 31) & 255)));
    await write(screen, `\x1b]0;${"x".repeat(1_000_000)}`);
    await write(screen, "\x1b\\\x1bcfine");
    expect((await screen.snapshot()).text).toBe("fine");
  });
});

describe("a screen that begins with another's", () => {
  const restored = async (before: string, size = { cols: 20, rows: 5 }): Promise<ScreenState> => {
    using first = createScreen({ cols: 20, rows: 5, markKey: "key" });
    await write(first, before);
    const { text, marks } = await first.snapshot();
    using next = createScreen({
      ...size,
      markKey: "new",
      restore: { text, marks, cols: 20, rows: 5, notice: "-- new --" },
    });
    return await next.snapshot();
  };

  test("goes on below its text, without its modes", async () => {
    const { text } = await restored(
      "one\r\ntwo\x1b[?1002h\x1b[?2004h\x1b[?25l\x1b[>5u\x1b[31m\x1b[2;3r\x1b[1;1H",
    );
    expect(text).toBe("one\r\ntwo\r\n\x1b[2m-- new --\x1b[1B\x1b[9D\x1b[0m");
  });

  test("leaves the alternate screen", async () => {
    expect((await restored("shell\x1b[?1049hfull screen")).text).toContain("shell\r\n\x1b[2m-- new --");
    expect((await restored("shell\x1b[?1049hfull screen")).text).not.toContain("full");
  });

  test("has its scrollback and its marks, in another size", async () => {
    const lines = Array.from({ length: 30 }, (_, n) => `line ${n}\r\n`).join("");
    const mark = (text: string) => `\x1b]133;${text};k=key\x07`;
    const commands = `${mark("A")}> one\r\n${mark("C")}out\r\n${mark("D;2")}${mark("A")}> two\r\n${mark("C")}`;
    const { text, marks } = await restored(lines + commands, { cols: 30, rows: 8 });
    const shown = text.split("\r\n");
    expect(shown.slice(0, 2)).toEqual(["line 0", "line 1"]);
    expect(marks.map(({ line, ...rest }) => ({ text: shown[line], ...rest }))).toEqual([
      { text: "> one", state: "done", exitCode: 2 },
      { text: "> two", state: "done", exitCode: null },
    ]);
  });

  test("that was empty begins with the line alone", async () => {
    expect((await restored("")).text).toBe("\x1b[2m-- new --\x1b[1B\x1b[9D\x1b[0m");
  });
});

describe("a short screen", () => {
  const mark = (text: string) => `\x1b]133;${text};k=key\x07`;
  const command = (name: string) => `${mark("A")}> ${name}\r\n${mark("C")}out\r\n${mark("D;0")}`;
  const lines = Array.from({ length: 300 }, (_, n) => `line ${n}\r\n`).join("");
  const size = { cols: 20, rows: 5, markKey: "key" };

  test.each(["", "\x1b[?1049hinside"])(
    "has the last lines of the scrollback, and all else of the whole one %#",
    async (after) => {
      using screen = createScreen(size);
      await write(screen, `${command("one")}${lines}\x1b[?2004h${command("two")}\x1b[31m$ ${after}`);
      const whole = await screen.snapshot();
      const short = await screen.snapshot({ short: true });
      expect([whole.short, short.short]).toEqual([false, true]);
      const [all, last] = [whole.text.split("\r\n"), short.text.split("\r\n")];
      // 305 lines with the cursor's, of which 5 are on the screen.
      expect(last[0]).toBe(`line ${300 - SHORT_SCROLLBACK_LINES - 2}`);
      expect(last).toEqual(all.slice(all.length - last.length));
      expect(last[short.marks[0]?.line ?? -1]).toBe("> two");
      expect([whole.marks.length, short.marks.length]).toEqual([2, 1]);
      // At rest too.
      expect(screen.rest()).toBe(true);
      expect(await screen.snapshot({ short: true })).toEqual(short);
      expect(await screen.snapshot()).toEqual(whole);
    },
  );

  test("of a terminal that has not more is a whole one", async () => {
    using screen = createScreen(size);
    await write(screen, lines.split("line 150")[0] ?? "");
    expect(await screen.snapshot({ short: true })).toEqual(await screen.snapshot());
  });
});

describe("a screen that is cleared", () => {
  const mark = (text: string) => `\x1b]133;${text};k=key\x07`;
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n}\r\n`).join("");
  const command = `${mark("A")}> one\r\n${mark("C")}out\r\n${mark("D;2")}`;

  test("has the cursor's line alone, with its mark, and goes on there", async () => {
    using screen = createScreen({ cols: 20, rows: 5, markKey: "key" });
    await write(screen, `${lines}${command}${mark("A")}> \x1b[31mtwo\x1b[2D`);
    screen.clear();
    const { text, marks } = await screen.snapshot();
    expect({ text, marks }).toEqual({
      text: "> \x1b[31mtwo\x1b[2D",
      marks: [{ line: 0, state: "prompt", exitCode: null }],
    });
    await write(screen, `\x1b[0m\r\n${mark("C")}${lines}${mark("D;0")}${mark("A")}> `);
    const after = await screen.snapshot();
    const shown = after.text.split("\r\n");
    expect(shown.length).toBe(32);
    expect(after.marks.map(({ line, ...rest }) => ({ at: shown[line], ...rest }))).toEqual([
      { at: "> \x1b[31mtwo", state: "done", exitCode: 0 },
      { at: "> ", state: "prompt", exitCode: null },
    ]);
    // Twice is once.
    screen.clear();
    screen.clear();
    expect((await screen.snapshot()).marks).toEqual([{ line: 0, state: "prompt", exitCode: null }]);
  });

  test("says of a command whose prompt is gone that it runs, and how it ended", async () => {
    const facts: unknown[] = [];
    using screen = createScreen({ cols: 20, rows: 5, markKey: "key" }, ({ command }) => facts.push(command));
    await write(screen, `${mark("A")}> make\r\n${mark("C")}building`);
    screen.clear();
    expect(await screen.snapshot()).toMatchObject({ text: "building", marks: [] });
    await write(screen, mark("D;2"));
    await write(screen, `\r\n${mark("A")}> `);
    expect(facts).toEqual([
      { state: "running", exitCode: null },
      { state: "done", exitCode: 2 },
      { state: "prompt", exitCode: null },
    ]);
    expect((await screen.snapshot()).marks).toEqual([{ line: 1, state: "prompt", exitCode: null }]);
  });

  test("keeps its modes, title and folder, and what was written behind the wish", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, `\x1b]0;title\x07\x1b]7;file:///srv\x07\x1b[?2004h\x1b[?1002h${lines}$ `);
    screen.clear();
    screen.write(Buffer.from("after"), () => {});
    expect(await screen.snapshot()).toMatchObject({
      ...{ text: "$ after\x1b[?2004h\x1b[?1002h", title: "title", cwd: "/srv" },
    });
  });

  test("lets a program come back to the place that it had put by, for who comes later too", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, `${lines}\x1b[3;3H\x1b7\x1b[2;1Hmenu`);
    screen.clear();
    using viewer = createScreen({ cols: 20, rows: 5 });
    await write(viewer, (await screen.snapshot()).text);
    for (const one of [screen, viewer]) await write(one, `\x1b8x${lines}\x1b8y`);
    expect((await viewer.snapshot()).text).toBe((await screen.snapshot()).text);
  });

  test("leaves a full-screen program and what it covers alone", async () => {
    using screen = createScreen({ cols: 20, rows: 5 });
    await write(screen, `${lines}\x1b[?1049h\x1b[2Jinside`);
    const before = await screen.snapshot();
    screen.clear();
    expect(await screen.snapshot()).toEqual(before);
  });

  test("has nothing of a screen that it began with", async () => {
    const restore = { text: lines, marks: [], cols: 20, rows: 5, notice: "-- new --" };
    using screen = createScreen({ cols: 20, rows: 5, restore });
    await write(screen, "$ ");
    screen.clear();
    expect((await screen.snapshot()).text).toBe("$ ");
  });
});
