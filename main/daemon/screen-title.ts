/** What programs call the terminal, and the stack on which an editor keeps the shell's title meanwhile (CSI 22 t, 23 t). */
import type { Terminal } from "@xterm/headless";

export interface TitleTracker {
  readonly title: string;
  /** Sequences that give a fresh terminal the stack and the title; nothing without a stack. */
  restore(): string;
}

/** It is shown: no more than a person can read. */
const MAX_TITLE = 512;
/** xterm's own. */
const MAX_DEPTH = 10;
const PUSH = 22;
const POP = 23;
/** 0: icon and title; 1: the icon alone; 2: the title alone. */
const ICON_ONLY = 1;

/** What xterm must be allowed to do; it says the new title by itself when it pops one. */
export const TITLE_STACK = { pushTitle: true, popTitle: true };

export function trackTitle(terminal: Terminal, onChange: () => void): TitleTracker {
  let title = "";
  let stack: string[] = [];
  const set = (text: string): void => {
    title = text.slice(0, MAX_TITLE);
    onChange();
  };
  terminal.onTitleChange(set);
  terminal.parser.registerCsiHandler({ final: "t" }, ([what, which]) => {
    if (which === ICON_ONLY) return false;
    if (what === PUSH) stack = [...stack, title].slice(-MAX_DEPTH);
    if (what === POP) stack.pop();
    return false;
  });
  terminal.parser.registerEscHandler({ final: "c" }, () => {
    stack = [];
    return false;
  });
  return {
    get title() {
      return title;
    },
    restore: () =>
      stack.length === 0 ? "" : `${stack.map((text) => `${named(text)}\x1b[22;2t`).join("")}${named(title)}`,
  };
}

/** A title can have no control character that ends it. */
const named = (title: string): string => `\x1b]2;${title.replaceAll(/\p{Cc}/gu, "")}\x07`;
