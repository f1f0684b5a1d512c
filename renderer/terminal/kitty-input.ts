/** Types keys by kitty's keyboard protocol where a program asked for it. All others are xterm's, as if there were none. */
import type { Terminal } from "@xterm/xterm";
import { trackKittyKeyboard } from "#shared/terminal/kitty-keyboard.ts";
import { field } from "#shared/terminal/xterm-field.ts";
import { kittyKey } from "./kitty-keys.ts";
import type { Keyboard } from "./kitty-keys.ts";
import { isModifierKey } from "./kitty-table.ts";

/** What an input method takes, and composes something from. */
const COMPOSED = 229;

/** More output than this in this time is a flood. */
const FLOOD_BYTES = 64 * 1024;
const FLOOD_MS = 500;
/** Who presses Ctrl+C again after a shorter time has not been heard. */
const AGAIN_MS = 2000;

export interface KittyInput {
  /** Whether it has typed the key, which xterm then must not. For the keys that are left to the terminal's program. */
  type(event: KeyboardEvent): boolean;
  /** So many bytes of output came. */
  wrote(bytes: number): void;
}

/** `tell`: gives bytes to the program without what typing does here, as to scroll down and to drop the selection. */
export function kittyInput(terminal: Terminal, tell: (data: string) => void): KittyInput {
  const asked = trackKittyKeyboard(terminal);
  const keyboard = personsKeyboard();
  /** Keys whose press was the program's, by `code`: of others it is told no release. */
  const pressed = new Set<string>();
  let afterDead = false;
  /** Of this while and of the one before. */
  let output = { since: 0, bytes: 0, before: 0 };
  let interruptedAt = -Infinity;

  /**
   * Output that asks for the protocol may be a file, and what prints it be no program that reads keys: then Ctrl+C is the
   * byte that ends it. A program that speaks the protocol knows that byte too.
   */
  const mustInterrupt = ({ key, ctrlKey, shiftKey, altKey, metaKey }: KeyboardEvent): boolean => {
    if (key.toLowerCase() !== "c" || !ctrlKey || shiftKey || altKey || metaKey) return false;
    const now = performance.now();
    const isAgain = now - interruptedAt < AGAIN_MS;
    interruptedAt = now;
    return isAgain || (now - output.since < FLOOD_MS && output.before + output.bytes > FLOOD_BYTES);
  };
  const press = (event: KeyboardEvent, flags: number): boolean => {
    const isDead = event.key === "Dead";
    // xterm makes one of a dead key and the next.
    const isComposed = event.isComposing || event.keyCode === COMPOSED || isDead || afterDead;
    if (!isModifierKey(event)) afterDead = isDead;
    if (isComposed || isOfTerminal(event, terminal) || mustInterrupt(event)) return false;
    pressed.add(event.code);
    const data = kittyKey(event, flags, keyboard);
    if (data === null) return false;
    if (isModifierKey(event)) {
      tell(data);
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    typeComposed(terminal, event);
    terminal.input(data);
    return true;
  };
  const release = (event: KeyboardEvent, flags: number): void => {
    if (!pressed.delete(event.code)) return;
    const data = kittyKey(event, flags, keyboard);
    if (data !== null) tell(data);
  };

  return {
    type(event) {
      const { flags } = asked;
      if (flags === 0) return false;
      if (event.type === "keydown") return press(event, flags);
      if (event.type === "keyup") release(event, flags);
      return false;
    },
    wrote(bytes) {
      const now = performance.now();
      const past = now - output.since;
      if (past >= FLOOD_MS) output = { since: now, bytes: 0, before: past < 2 * FLOOD_MS ? output.bytes : 0 };
      output.bytes += bytes;
    },
  };
}

/**
 * What was composed comes before the key that ended it: xterm types that a moment later, but at its own next key. Where its
 * fields are others it comes behind, and a test says so.
 */
function typeComposed(terminal: Terminal, event: KeyboardEvent): void {
  const composition = field(field(terminal, "_core"), "_compositionHelper");
  const keydown = field(composition, "keydown");
  if (typeof keydown === "function") Reflect.apply(keydown, composition, [event]);
}

/** Keys that scroll, where there is something to scroll, and those that the browser copies and pastes with. */
function isOfTerminal({ key, shiftKey, ctrlKey, altKey }: KeyboardEvent, { buffer }: Terminal): boolean {
  if (key === "Insert") return !altKey && shiftKey !== ctrlKey;
  const scrolls = (key === "PageUp" || key === "PageDown") && shiftKey && !ctrlKey && !altKey;
  return scrolls && buffer.active.type === "normal";
}

/** The one in front of the person. Chromium alone tells what its keys are, and not at once. */
function personsKeyboard(): Keyboard {
  let layout: ReadonlyMap<string, string> | null = null;
  // Where the page may not ask it makes do with what a key gave.
  navigator.keyboard?.getLayoutMap().then(
    (told) => (layout = new Map(told)),
    () => {},
  );
  return {
    isMac: navigator.userAgent.includes("Macintosh"),
    unshifted: (code) => layout?.get(code),
  };
}

declare global {
  interface Navigator {
    /** https://wicg.github.io/keyboard-map/, which TypeScript does not know. */
    readonly keyboard?: { getLayoutMap(): Promise<Iterable<readonly [code: string, key: string]>> };
  }
}
