/**
 * kitty's keyboard protocol, https://sw.kovidgoyal.net/kitty/keyboard-protocol/: what a program asked of the keys. The daemon
 * keeps it for who attaches, and answers who asks; the page types by it (renderer/terminal/kitty-keys.ts).
 */

/** What may be asked for, as bits. */
export const KITTY_FLAGS = {
  /** Keys that are more than one thing are told apart: Escape, and what is typed with Ctrl or Alt. */
  disambiguate: 1,
  /** Repeats and releases are told. */
  events: 2,
  /** Other names of the key are told: with Shift, and where it is on a keyboard of the United States. */
  alternates: 4,
  /** All keys, also those that are text. */
  all: 8,
  /** The text, beside the key. */
  text: 16,
} as const;
const ALL_FLAGS = 0b11111;
/** Of a stack: behind this the oldest entry goes. */
const MAX_DEPTH = 16;
/** Leaving one of these leaves the alternate screen. */
export const ALTERNATE_SCREEN = [47, 1047, 1049];

interface Sequence {
  readonly prefix?: string;
  readonly intermediates?: string;
  readonly final: string;
}

/** The part of an xterm, with or without a display, that is needed. */
export interface KeyboardTerminal {
  readonly buffer: { readonly active: { readonly type: "normal" | "alternate" } };
  readonly parser: {
    registerCsiHandler(id: Sequence, handler: (params: (number | number[])[]) => boolean): unknown;
    registerEscHandler(id: Sequence, handler: () => boolean): unknown;
  };
}

export interface KittyKeyboard {
  /** What holds on the screen that is shown: an or of KITTY_FLAGS, 0 where nothing was asked for. */
  readonly flags: number;
  /** Sequences that give the screen that is shown, in a fresh terminal, the same stack. */
  restore(): string;
  /** Those for the main screen, where the alternate one covers it. */
  restoreFirst(): string;
}

/** Follows the sequences that a terminal is sent; hands each on. */
export function trackKittyKeyboard(terminal: KeyboardTerminal): KittyKeyboard {
  /** Each screen has its own. The last entry holds; there is always one. */
  let main = [0];
  let alternate = [0];
  const isAlternate = (): boolean => terminal.buffer.active.type === "alternate";
  const current = (): number[] => (isAlternate() ? alternate : main);
  const on = (id: Sequence, listener: (...params: (number | undefined)[]) => void): void => {
    terminal.parser.registerCsiHandler(id, (params) => {
      listener(...params.map((param) => (typeof param === "number" ? param : undefined)));
      return false;
    });
  };
  const reset = (): false => {
    main = [0];
    alternate = [0];
    return false;
  };

  on({ prefix: ">", final: "u" }, (flags = 0) => {
    const stack = current();
    stack.push(flags & ALL_FLAGS);
    if (stack.length > MAX_DEPTH) stack.shift();
  });
  on({ prefix: "<", final: "u" }, (count = 1) => {
    const stack = current();
    stack.splice(Math.max(0, stack.length - Math.max(1, count)));
    if (stack.length === 0) stack.push(0);
  });
  on({ prefix: "=", final: "u" }, (flags = 0, how = 1) => {
    const stack = current();
    stack.push(changed(stack.pop() ?? 0, flags & ALL_FLAGS, how));
  });
  on({ prefix: "?", final: "l" }, (...modes) => {
    if (modes.some((mode) => mode !== undefined && ALTERNATE_SCREEN.includes(mode))) alternate = [0];
  });
  on({ intermediates: "!", final: "p" }, reset);
  terminal.parser.registerEscHandler({ final: "c" }, reset);

  return {
    get flags() {
      return current().at(-1) ?? 0;
    },
    restore: () => sequencesOf(current()),
    restoreFirst: () => (isAlternate() ? sequencesOf(main) : ""),
  };
}

function changed(before: number, flags: number, how: number): number {
  switch (how) {
    case 0:
    case 1:
      return flags;
    case 2:
      return before | flags;
    case 3:
      return before & ~flags;
    default:
      return before;
  }
}

const sequencesOf = ([first = 0, ...pushed]: readonly number[]): string =>
  (first ? `\x1b[=${first}u` : "") + pushed.map((flags) => `\x1b[>${flags}u`).join("");
