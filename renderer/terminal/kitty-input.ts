/** Types keys by kitty's keyboard protocol where a program asked for it. All others are xterm's, as if there were none. */
import type { Terminal } from "@xterm/xterm";
import { trackKittyKeyboard } from "#shared/terminal/kitty-keyboard.ts";
import { kittyKey } from "./kitty-keys.ts";
import type { Keyboard } from "./kitty-keys.ts";
import { isModifierKey } from "./kitty-table.ts";

/** What an input method takes, and composes something from. */
const COMPOSED = 229;

/**
 * For the keys that are left to the terminal's program. Returns whether it has typed the key, which xterm then must not.
 * `tell`: gives bytes to the program without what typing does here, as to scroll down and to drop the selection.
 */
export function kittyInput(
  terminal: Terminal,
  tell: (data: string) => void,
): (event: KeyboardEvent) => boolean {
  const asked = trackKittyKeyboard(terminal);
  const keyboard = personsKeyboard();
  /** Keys whose press was the program's, by `code`: of others it is told no release. */
  const pressed = new Set<string>();
  let afterDead = false;

  const press = (event: KeyboardEvent, flags: number): boolean => {
    const isDead = event.key === "Dead";
    // xterm makes one of a dead key and the next.
    const isComposed = event.isComposing || event.keyCode === COMPOSED || isDead || afterDead;
    if (!isModifierKey(event)) afterDead = isDead;
    if (isComposed || isOfTerminal(event, terminal)) return false;
    pressed.add(event.code);
    const data = kittyKey(event, flags, keyboard);
    if (data === null) return false;
    if (isModifierKey(event)) {
      tell(data);
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    terminal.input(data);
    return true;
  };
  const release = (event: KeyboardEvent, flags: number): void => {
    if (!pressed.delete(event.code)) return;
    const data = kittyKey(event, flags, keyboard);
    if (data !== null) tell(data);
  };

  return (event) => {
    const { flags } = asked;
    if (flags === 0) return false;
    if (event.type === "keydown") return press(event, flags);
    if (event.type === "keyup") release(event, flags);
    return false;
  };
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
