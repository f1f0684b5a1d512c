/** One terminal's screen: xterm without a display, and what its own snapshot leaves out. Runs in a worker. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { SerializeAddon } from "@xterm/addon-serialize";
import { UnicodeGraphemesAddon } from "@xterm/addon-unicode-graphemes";
import xterm from "@xterm/headless";
import { folderOf } from "#shared/terminal/folder.ts";
import { limitWork } from "#shared/terminal/limits.ts";
import type { CommandMark } from "./protocol.ts";
import { createFeed } from "./screen-feed.ts";
import { moveSavedUp } from "./screen-cursor.ts";
import { type Packed, pack, useSlabs } from "./screen-pack.ts";
import { trackMarks } from "./screen-marks.ts";
import { trackModes } from "./screen-modes.ts";
import { resetTabs, restoreTabs } from "./screen-tabs.ts";
import { TITLE_STACK, trackTitle } from "./screen-title.ts";

export const SCROLLBACK_LINES = 10_000;
/** Of a short screen: enough to scroll up a little, until all of it has come. */
export const SHORT_SCROLLBACK_LINES = 200;
/** A screen goes to a client in one frame: where colours make it larger, its scrollback is cut. */
export const MAX_SCREEN_BYTES = 16 * 1024 * 1024;
/** How the serializer begins the alternate screen. */
const TO_ALTERNATE = "\x1b[?1049h";

export interface ScreenState {
  /** Written to an empty terminal of the same size, this gives the same screen, scrollback, cursor and modes. */
  readonly text: string;
  readonly cols: number;
  readonly rows: number;
  readonly title: string;
  /** As the shell said by OSC 7, or null. */
  readonly cwd: string | null;
  /** Prompts and commands in `text`, oldest first. */
  readonly marks: readonly CommandMark[];
  /** Only an OSC 133 with `k=` and this is the shell's own; null: none is. */
  readonly markKey: string | null;
  /** There is more scrollback than a short screen has. */
  readonly short: boolean;
}

/** A screen as it was at some moment. */
export interface Snapshot extends ScreenState {
  /** The beginning of a sequence or a character, to be parsed behind the text: what comes next goes on with it. */
  readonly unfinished: Uint8Array;
}

/** What is wanted of a screen: all of its scrollback, as far as `maxBytes` go, or only the last lines of it. */
export interface Wanted {
  readonly short?: boolean;
  readonly maxBytes?: number;
}

/** What the programs in it said last. */
export interface ScreenFacts {
  readonly title: string;
  readonly cwd: string | null;
  readonly command: Omit<CommandMark, "line"> | null;
}

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  /** See shell-integration.ts. */
  readonly markKey?: string | null;
  /** Begins with what another screen ended with, then `notice` on a line of its own, then an empty line. */
  readonly restore?: Pick<ScreenState, "text" | "cols" | "rows" | "marks"> & { readonly notice: string };
}

export interface Screen extends Disposable {
  /** Calls back when `bytes` have been parsed, with the answers that a terminal would give to the queries in them. */
  write(bytes: Uint8Array, onParsed: (answers: readonly string[]) => void): void;
  resize(cols: number, rows: number): void;
  /**
   * Drops all that was written so far but the line with the cursor, which becomes the first. A full-screen program's
   * screen is left alone, with what is behind it.
   */
  clear(): void;
  /** The state after all that was written so far, and before anything written later. */
  snapshot(wanted?: Wanted): Promise<Snapshot>;
  /**
   * Takes little memory from now on, until something is written again; a snapshot leaves it so. False where something
   * waits to be parsed.
   */
  rest(): boolean;
}

/** `onFacts` is called when what the programs said of themselves has changed. */
export function createScreen(
  { cols, rows, markKey = null, restore }: ScreenOptions,
  onFacts: (facts: ScreenFacts) => void = () => {},
): Screen {
  const terminal = new xterm.Terminal({
    cols: restore?.cols ?? cols,
    rows: restore?.rows ?? rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    windowOptions: TITLE_STACK,
    // It would print a page for each sequence that it can't parse, into the daemon's log.
    logLevel: "off",
  });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  // As wide as in the page, or the cursor is elsewhere there behind an emoji.
  terminal.loadAddon(new UnicodeGraphemesAddon());
  useSlabs(terminal);
  const modes = trackModes(terminal);
  const feed = createFeed(terminal, SCROLLBACK_LINES, modes.hasRegion);
  let cwd: string | null = null;
  let answers: string[] = [];

  let factsChanged = false;
  const titles = trackTitle(terminal, () => (factsChanged = true));
  const marks = trackMarks(terminal, markKey, () => (factsChanged = true));
  limitWork(terminal);
  if (restore) {
    feed.push(Buffer.from(`${restore.text}\x1b[?1049l`), () => {});
    feed.after(() => {
      marks.restore(restore.marks);
      terminal.resize(cols, rows);
      return Buffer.from(goOn(terminal, restore.notice));
    });
  }

  terminal.parser.registerOscHandler(7, (text) => {
    cwd = folderOf(text) ?? cwd;
    factsChanged = true;
    return true;
  });
  // xterm knows nothing of it. In turn with its own answers: a program waits for the one to device attributes, which all give.
  terminal.parser.registerCsiHandler({ prefix: "?", final: "u" }, () => {
    terminal.input(`\x1b[?${modes.keyboard.flags}u`, false);
    return true;
  });
  terminal.onData((answer) => {
    // One answer of a kind for each piece: a storm of queries is not a storm of input. Behind one of the keyboard again, since
    // a program takes that for missing where it does not come before the others.
    const before = isOfKeyboard(answer) ? answers : answers.slice(answers.findLastIndex(isOfKeyboard) + 1);
    if (isHarmless(answer) && !before.includes(answer)) answers.push(answer);
  });

  /** Kept until something changes: a terminal that nobody looks at is saved, then shown, as it is. */
  let drawn: { whole?: Drawn; short?: Drawn } = {};
  let resting: Resting | null = null;
  const wake = (): void => {
    resting?.cells.unpack();
    resting = null;
  };
  const change = (): void => {
    wake();
    drawn = {};
  };
  const draw = (kind: Kind, maxBytes: number): Drawn => {
    const most = kind === "short" ? SHORT_SCROLLBACK_LINES : SCROLLBACK_LINES;
    for (let scrollback = most; ; scrollback = Math.floor(scrollback / 2)) {
      // The way from the main screen to the alternate one, where it is shown: said by nothing else.
      const content = serializer
        .serialize({ scrollback })
        .replace(TO_ALTERNATE, () => modes.toAlternate() + restoreTabs(terminal, "alternate"));
      const text =
        restoreTabs(terminal, "normal") + modes.restoreFirst() + content + modes.restore() + titles.restore();
      const bytes = Buffer.byteLength(text);
      if (bytes > maxBytes && scrollback > 0) continue;
      const firstLine = Math.max(0, terminal.buffer.normal.length - terminal.rows - scrollback);
      const { cols, rows } = terminal;
      const { title } = titles;
      const short = kind === "short" && firstLine > 0;
      const rest = { cols, rows, title, cwd, marks: marks.list(firstLine), markKey, short };
      const made = bytes > maxBytes ? { ...TOO_LARGE, rest } : { text, rest, bytes };
      if (scrollback === most) drawn[kind] = made;
      return made;
    }
  };
  const state = ({ short = false, maxBytes = MAX_SCREEN_BYTES }: Wanted): ScreenState => {
    const kind = short ? "short" : "whole";
    const rested = resting?.[kind];
    if (rested && rested.bytes <= maxBytes) return { text: inflated(rested.text), ...rested.rest };
    wake();
    const known = drawn[kind];
    const { text, rest } = known && known.bytes <= maxBytes ? known : draw(kind, maxBytes);
    return { text, ...rest };
  };
  return {
    write(bytes, onParsed) {
      wake();
      feed.push(bytes, () => {
        drawn = {};
        const given = answers;
        answers = [];
        if (factsChanged) onFacts({ title: titles.title, cwd, command: marks.latest() });
        factsChanged = false;
        onParsed(given);
      });
    },
    // In turn with the writes: the bytes before it were meant for the old size.
    resize: (cols, rows) =>
      feed.after(() => {
        change();
        terminal.resize(cols, rows);
      }),
    clear: () =>
      feed.after(() => {
        if (terminal.buffer.active.type === "alternate") return;
        change();
        const { baseY, cursorY } = terminal.buffer.normal;
        marks.through(() => terminal.clear());
        moveSavedUp(terminal, baseY + cursorY);
      }),
    rest() {
      if (resting) return true;
      if (!feed.isIdle) return false;
      const whole = deflated(drawn.whole ?? draw("whole", MAX_SCREEN_BYTES));
      const short = deflated(drawn.short ?? draw("short", MAX_SCREEN_BYTES));
      const cells = pack(terminal);
      if (!cells) return false;
      resting = { cells, whole, short };
      drawn = {};
      return true;
    },
    snapshot: (wanted = {}) =>
      new Promise((resolve) => feed.after(() => resolve({ ...state(wanted), unfinished: feed.unfinished }))),
    [Symbol.dispose]() {
      feed[Symbol.dispose]();
      terminal.dispose();
    },
  };
}

type Kind = "whole" | "short";

/** In the place of a screen that no client would take. */
const TOO_LARGE = { text: "This screen is too large to be shown. Clear it.", bytes: 0 };

interface Drawn<Text = string> {
  readonly text: Text;
  readonly rest: Omit<ScreenState, "text">;
  /** Of the text in UTF-8. */
  readonly bytes: number;
}

interface Resting extends Record<Kind, Drawn<Buffer>> {
  readonly cells: Packed;
}

const deflated = ({ text, ...drawn }: Drawn): Drawn<Buffer> => ({
  text: deflateRawSync(text, { level: 1 }),
  ...drawn,
});
const inflated = (text: Buffer): string => inflateRawSync(text).toString("utf8");

/** Modes that a program had set must not hold for the shell that comes after it. */
const RESET_MODES =
  "\x1b[!p\x1b[0m\x1b[?1l\x1b>\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016;2004;2026;2031l\x1b[=0u\x1b(B\x0f";

/** From below the last line that has text, in the main screen. */
function goOn(terminal: xterm.Terminal, notice: string): string {
  const { normal } = terminal.buffer;
  let { rows: row } = terminal;
  while (row > 0 && !normal.getLine(normal.baseY + row - 1)?.translateToString(true)) row -= 1;
  const below = row === 0 ? "\x1b[H" : `\x1b[${row};1H\r\n`;
  return `${RESET_MODES}${resetTabs(terminal)}${below}\x1b[2m${notice}\x1b[0m\r\n`;
}

/**
 * Answers with next to nothing in them that a program's output could choose: device attributes, "terminal is fine", where
 * the cursor is, what of kitty's keyboard holds, below 32. Never a title, a colour or a setting, which would be typed into
 * whatever reads next.
 */
const isHarmless = (answer: string): boolean =>
  isOfKeyboard(answer) ||
  (answer.startsWith("\x1b[") && /^([?>]?[\d;]*c|0n|\d+;\d+R)$/.test(answer.slice(2)));

const isOfKeyboard = (answer: string): boolean =>
  answer.startsWith("\x1b[?") && /^\d+u$/.test(answer.slice(3));
