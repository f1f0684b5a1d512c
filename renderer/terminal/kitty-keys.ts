/**
 * What a key gives a program that asked for kitty's keyboard protocol: https://sw.kovidgoyal.net/kitty/keyboard-protocol/. Keys have
 * one form there, CSI number:shifted:base ; modifiers:event ; text u, where what is 1 or empty at the end is left out;
 * those that were CSI with a letter or a tilde before still are. Null: the key is typed as without the protocol, or not at all.
 */
import { KITTY_FLAGS } from "#shared/terminal/kitty-keyboard.ts";
import { CHARACTERS_OF_US, functionalKey, isModifierKey } from "./kitty-table.ts";
import type { FunctionalKey } from "./kitty-table.ts";

export type KeyFacts = Pick<
  KeyboardEvent,
  "type" | "key" | "code" | "repeat" | "shiftKey" | "altKey" | "ctrlKey" | "metaKey" | "getModifierState"
>;

/** The keyboard in front of the person. */
export interface Keyboard {
  /** Option gives other characters, where elsewhere Alt gives none. */
  readonly isMac: boolean;
  /** What a key gives without Shift, by its `code`; undefined where nobody knows. */
  unshifted(code: string): string | undefined;
}

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const SUPER = 8;
const CAPS_LOCK = 64;
const NUM_LOCK = 128;

const PRESS = 1;
const REPEAT = 2;
const RELEASE = 3;

/** Its number is the byte that it was before: Escape, Enter, Tab, Backspace. */
const isByte = ({ number, final }: FunctionalKey): boolean => final === "u" && number < 128;
/** These stay their bytes, so that `reset` can be typed where a program died without resetting the flags. */
const STAY: readonly string[] = ["Enter", "Tab", "Backspace"];

/** `flags`: of KITTY_FLAGS. `event`: a keydown or keyup that composes nothing. */
export function kittyKey(event: KeyFacts, flags: number, keyboard: Keyboard): string | null {
  const has = (flag: keyof typeof KITTY_FLAGS): boolean => (flags & KITTY_FLAGS[flag]) !== 0;
  const action = event.type === "keyup" ? RELEASE : event.repeat ? REPEAT : PRESS;
  const isTold = has("all") || has("disambiguate");
  if (!(isTold || has("events")) || (action === RELEASE && !has("events"))) return null;

  const isCharacter = isOne(event.key);
  const isThirdLevel = isCharacter && givesThirdLevel(event, keyboard);
  const held = heldOf(event) & (isThirdLevel ? SHIFT : -1);
  const isText = isCharacter && (held & ~SHIFT) === 0;
  // No number tells what AltGr makes of a key: where its text can't be told beside it, it is typed.
  if (isText && (!has("all") || (isThirdLevel && !has("text")))) return null;

  const functional = functionalKey(event, isTold);
  const stays = !has("all") && functional !== null && isByte(functional) && STAY.includes(event.key);
  if (stays && (held === 0 || action === RELEASE)) return null;
  if (isModifierKey(event) && !has("all")) return null;
  // Told of events alone, a program has what keys gave before when they are pressed.
  if (!isTold && action === PRESS && (functional === null || isByte(functional))) return null;
  if (functional === null && !isCharacter) return null;

  const { number, final } = functional ?? { number: numberOf(event, isThirdLevel, keyboard), final: "u" };
  const others = functional === null && has("alternates") ? alternatesOf(event, number, isThirdLevel) : [];
  // Locks are for keys that never are text, unless all are told.
  const modifiers = held | (functional !== null || has("all") ? locksOf(event) : 0);
  const state =
    action !== PRESS && has("events") ? `${modifiers + 1}:${action}` : modifiers ? `${modifiers + 1}` : "";
  const text = isText && has("all") && has("text") && action !== RELEASE ? codeOf(event.key) : "";
  const fields = [[number, ...others].join(":"), state, text];
  while (fields.at(-1) === "") fields.pop();
  return `\x1b[${fields.join(";") === "1" ? "" : fields.join(";")}${final}`;
}

/** Whether AltGr, or Option on a Mac, is a part of the character and no modifier. Windows says Ctrl and Alt for AltGr. */
const givesThirdLevel = (event: KeyFacts, { isMac }: Keyboard): boolean =>
  isMac
    ? event.altKey && !event.ctrlKey && !event.metaKey
    : event.getModifierState("AltGraph") && event.ctrlKey === event.altKey && !event.metaKey;

const heldOf = ({ shiftKey, altKey, ctrlKey, metaKey }: KeyFacts): number =>
  (shiftKey ? SHIFT : 0) | (altKey ? ALT : 0) | (ctrlKey ? CTRL : 0) | (metaKey ? SUPER : 0);

const locksOf = (event: KeyFacts): number =>
  (event.getModifierState("CapsLock") ? CAPS_LOCK : 0) | (event.getModifierState("NumLock") ? NUM_LOCK : 0);

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
/** Other keys have a word for a name. */
const isOne = (key: string): boolean => key !== "" && String.fromCodePoint(codeOf(key)) === key;

/** In the other case, where that is one character. */
function cased(key: string, to: "lower" | "upper"): string {
  const other = to === "lower" ? key.toLowerCase() : key.toUpperCase();
  return isOne(other) ? other : key;
}
const isLetter = (key: string): boolean => key.toLowerCase() !== key.toUpperCase();

/** Of the key's character without Shift, Caps Lock and AltGr. */
function numberOf({ key, code, shiftKey }: KeyFacts, isThirdLevel: boolean, keyboard: Keyboard): number {
  if (isLetter(key) && !isThirdLevel) return codeOf(cased(key, "lower"));
  if (!shiftKey && !isThirdLevel) return codeOf(key);
  const [plain, shifted] = CHARACTERS_OF_US[code] ?? [];
  const guess = isThirdLevel || shifted === key ? plain : undefined;
  return codeOf(keyboard.unshifted(code) ?? guess ?? key);
}

/** What Shift makes of the key, and what it is on a keyboard of the United States; each only where it says more. */
function alternatesOf(
  { key, code, shiftKey }: KeyFacts,
  number: number,
  isThirdLevel: boolean,
): readonly (number | "")[] {
  const shifted = shiftKey && !isThirdLevel ? codeOf(cased(key, "upper")) : number;
  const base = codeOf(CHARACTERS_OF_US[code]?.[0] ?? "");
  const alternates = [shifted === number ? "" : shifted, base === 0 || base === number ? "" : base] as const;
  return alternates[1] !== "" ? alternates : alternates[0] !== "" ? [alternates[0]] : [];
}
