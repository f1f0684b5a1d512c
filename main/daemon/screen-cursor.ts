/**
 * What a program has put by: the cursor that it saved (DECSC), each screen its own, with colours and charset; and the
 * charsets that hold, such as the one for drawing lines. xterm's serializer knows of none of it.
 *
 * Where xterm's fields are not those of 6.0.0, who attaches gets none of it either, and a test says so.
 */
import type { Terminal } from "@xterm/headless";
import { field } from "#shared/terminal/xterm-field.ts";

export interface CursorTracker {
  /**
   * Sequences that leave, behind the main screen's content, for the alternate one, with what holds for the way back.
   * `isAway`: the cursor is not where the content left it.
   */
  toAlternate(isAway: boolean): string;
  /** Sequences for the screen that is shown: its saved cursor, the charsets. `moves`: they leave the cursor elsewhere. */
  restore(): { readonly text: string; readonly moves: boolean };
}

interface Colours {
  readonly fg: number;
  readonly bg: number;
}
interface Saved extends Colours {
  readonly x: number;
  /** On the screen: one that has scrolled away counts as its top. */
  readonly y: number;
}

const ASCII = "B";
const CHARSETS = ["0", "A", ASCII, "4", "C", "5", "R", "Q", "K", "Y", "E", "6", "Z", "H", "7", "="];
/** How G0 to G3 are named when they are set; and by the VT300 all but the first. */
const SETS = ["(", ")", "*", "+"];
const SETS_OF_VT300 = ["(", "-", "."];
/** Makes G0 to G3 hold. */
const SHIFTS = ["", "\x0e", "\x1bn", "\x1bo"];
/** DEC private modes. */
const [CLEARS_CHARSETS, SAVES_CURSOR] = [2, [1048, 1049]];

export function trackCursor(terminal: Terminal): CursorTracker {
  let sets = SETS.map(() => ASCII);
  let savedSet = { normal: ASCII, alternate: ASCII };

  const level = (): number => numberOf(charsetsOf(terminal), "glevel");
  /** Not behind a saved cursor that came back with its charset, until the next shift. */
  const isOfSet = (): boolean => {
    const service = charsetsOf(terminal);
    return field(service, "charset") === field(field(service, "_charsets"), String(level()));
  };
  const holding = (): string => (isOfSet() ? sets[level()] : savedSet[terminal.buffer.active.type]) ?? ASCII;
  const save = (): void => void (savedSet[terminal.buffer.active.type] = holding());
  const clear = (): void => void (sets = SETS.map(() => ASCII));
  /** Listens only: `false` hands the sequence on to xterm. */
  const onEsc = (final: string, intermediates: string, listen: () => void): void => {
    terminal.parser.registerEscHandler({ final, ...(intermediates && { intermediates }) }, () => {
      listen();
      return false;
    });
  };

  for (const names of [SETS, SETS_OF_VT300]) {
    for (const [index, name] of names.entries()) {
      for (const charset of CHARSETS) onEsc(charset, name, () => (sets[index] = charset));
    }
  }
  for (const final of ["G", "@"]) onEsc(final, "%", () => (sets[0] = ASCII));
  onEsc("7", "", save);
  onEsc("c", "", () => {
    clear();
    savedSet = { normal: ASCII, alternate: ASCII };
  });
  terminal.parser.registerCsiHandler({ final: "s" }, () => {
    save();
    return false;
  });
  terminal.parser.registerCsiHandler({ prefix: "?", final: "h" }, (params) => {
    if (params.includes(CLEARS_CHARSETS)) clear();
    if (SAVES_CURSOR.some((mode) => params.includes(mode))) save();
    return false;
  });
  terminal.parser.registerCsiHandler({ intermediates: "!", final: "p" }, () => {
    clear();
    savedSet[terminal.buffer.active.type] = ASCII;
    return false;
  });

  return {
    toAlternate(isAway) {
      const { x, y, ...colours } = savedIn(terminal, "normal");
      const { cursorX, cursorY } = terminal.buffer.normal;
      const shown = coloursOf(terminal);
      return [
        x === cursorX && y === cursorY && !isAway ? "" : moveTo(x, y),
        isPlain(shown) && isPlain(colours) ? "" : sgr(colours),
        savedSet.normal === ASCII ? "" : `\x1b(${savedSet.normal}`,
        "\x1b[?1049h",
        savedSet.normal === ASCII ? "" : `\x1b(${ASCII}`,
        // It was filled with the saved background.
        isPlain(colours) ? "" : "\x1b[0m\x1b[2J",
      ].join("");
    },
    restore() {
      const { type, cursorX } = terminal.buffer.active;
      const { x, y, ...colours } = savedIn(terminal, type);
      const isHome = x === 0 && y === 0 && isPlain(colours) && savedSet[type] === ASCII;
      const charsets =
        sets.map((charset, index) => (charset === ASCII ? "" : `\x1b${SETS[index]}${charset}`)).join("") +
        (SHIFTS[level()] ?? "");
      // Behind the last column, where no sequence leads, the cursor stays: that counts for more.
      if (cursorX === terminal.cols || (isHome && isOfSet())) return { text: charsets, moves: false };
      const [set, unset] = savedSet[type] === ASCII ? ["", ""] : [`\x1b(${savedSet[type]}`, `\x1b(${ASCII}`];
      const shown = coloursOf(terminal);
      const sameColours = shown.fg === colours.fg && shown.bg === colours.bg;
      const [paint, repaint] = sameColours ? ["", ""] : [sgr(colours), sgr(shown)];
      const comeBack = isOfSet() ? "" : "\x1b8";
      const text = `${moveTo(x, y)}${paint}${set}\x1b7${unset}${charsets}${comeBack}${repaint}`;
      return { text, moves: true };
    },
  };
}

const moveTo = (x: number, y: number): string => `\x1b[${y + 1};${x + 1}H`;
const isPlain = ({ fg, bg }: Colours): boolean => fg === 0 && bg === 0;

const numberOf = (holder: unknown, name: string): number => {
  const value = field(holder, name);
  return typeof value === "number" ? value : 0;
};
const charsetsOf = (terminal: Terminal): unknown => field(field(terminal, "_core"), "_charsetService");
const coloursIn = (attributes: unknown): Colours => ({
  fg: numberOf(attributes, "fg"),
  bg: numberOf(attributes, "bg"),
});
/** Those that the next character gets. */
const coloursOf = (terminal: Terminal): Colours =>
  coloursIn(field(field(field(terminal, "_core"), "_inputHandler"), "_curAttrData"));

/** By SGR, whether or not a link is open. */
export const isUnderlined = (terminal: Terminal): boolean => ((coloursOf(terminal).fg >>> 28) & 1) === 1;

/** The main screen's saved cursor, after so many lines above it were dropped. */
export function moveSavedUp(terminal: Terminal, lines: number): void {
  const buffer = field(field(field(terminal, "_core"), "buffers"), "normal");
  if (typeof buffer !== "object" || buffer === null) return;
  Reflect.set(buffer, "savedY", Math.max(0, numberOf(buffer, "savedY") - lines));
}

function savedIn(terminal: Terminal, screen: "normal" | "alternate"): Saved {
  const buffers = field(field(terminal, "_core"), "buffers");
  const buffer = field(buffers, screen === "normal" ? "normal" : "alt");
  const y = Math.max(0, numberOf(buffer, "savedY") - numberOf(buffer, "ybase"));
  return { x: numberOf(buffer, "savedX"), y, ...coloursIn(field(buffer, "savedCurAttrData")) };
}

/** What xterm's two numbers for a cell's looks say, by bit: the SGR that sets it. */
const FG_FLAGS: readonly [number, number][] = [
  [26, 7],
  [27, 1],
  [28, 4],
  [29, 5],
  [30, 8],
  [31, 9],
];
const BG_FLAGS: readonly [number, number][] = [
  [26, 3],
  [27, 2],
  [30, 53],
];

/** From nothing to these colours. */
function sgr({ fg, bg }: Colours): string {
  const flagsOf = (bits: number, flags: readonly [number, number][]): number[] =>
    flags.filter(([bit]) => (bits >>> bit) & 1).map(([, code]) => code);
  const codes = [0, ...colour(38, fg), ...colour(48, bg), ...flagsOf(fg, FG_FLAGS), ...flagsOf(bg, BG_FLAGS)];
  return `\x1b[${codes.join(";")}m`;
}

/** None, one of 16 or of 256, or red, green and blue. */
function colour(code: number, bits: number): number[] {
  const mode = (bits >>> 24) & 3;
  if (mode === 0) return [];
  if (mode === 3) return [code, 2, (bits >>> 16) & 0xff, (bits >>> 8) & 0xff, bits & 0xff];
  const index = bits & 0xff;
  if (mode === 2) return [code, 5, index];
  return [index < 8 ? code - 8 + index : code + 44 + index];
}
