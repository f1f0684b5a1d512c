/** The keys that are no characters, as kitty's keyboard protocol numbers them, and the keyboard that it calls the base. */

/** A key's number and what ends its sequence. */
export interface FunctionalKey {
  readonly number: number;
  readonly final: string;
}

type Facts = Pick<KeyboardEvent, "key" | "code">;

/** By `key`, with the side where it is the right one. What has no letter or tilde ends in `u`. */
const FUNCTIONAL: Readonly<Record<string, string>> = {
  ...{ Escape: "27", Enter: "13", Tab: "9", Backspace: "127" },
  ...{ Insert: "2~", Delete: "3~", PageUp: "5~", PageDown: "6~" },
  ...{
    ArrowUp: "1A",
    ArrowDown: "1B",
    ArrowRight: "1C",
    ArrowLeft: "1D",
    Clear: "1E",
    End: "1F",
    Home: "1H",
  },
  // Not CSI R: that is where the cursor is.
  ...{ F1: "1P", F2: "1Q", F3: "13~", F4: "1S", F5: "15~", F6: "17~", F7: "18~", F8: "19~" },
  ...{ F9: "20~", F10: "21~", F11: "23~", F12: "24~" },
  ...numbered(
    57_376,
    Array.from({ length: 23 }, (_, at) => `F${at + 13}`),
  ),
  ...numbered(57_358, ["CapsLock", "ScrollLock", "NumLock", "PrintScreen", "Pause", "ContextMenu"]),
  ...numbered(57_428, ["MediaPlay", "MediaPause", "MediaPlayPause"]),
  ...numbered(57_432, ["MediaStop", "MediaFastForward", "MediaRewind", "MediaTrackNext"]),
  ...numbered(57_436, ["MediaTrackPrevious", "MediaRecord"]),
  ...numbered(57_438, ["AudioVolumeDown", "AudioVolumeUp", "AudioVolumeMute"]),
  ...numbered(57_441, ["Shift", "Control", "Alt", "Meta"]),
  ...numbered(57_447, ["ShiftRight", "ControlRight", "AltRight", "MetaRight"]),
  AltGraph: "57453",
};
const MODIFIERS = ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "ScrollLock"];

/** By `code`, with Num Lock. */
const KEYPAD: Readonly<Record<string, string>> = {
  ...numbered(
    57_399,
    Array.from({ length: 10 }, (_, digit) => `Numpad${digit}`),
  ),
  ...numbered(57_409, ["NumpadDecimal", "NumpadDivide", "NumpadMultiply", "NumpadSubtract", "NumpadAdd"]),
  ...numbered(57_414, ["NumpadEnter", "NumpadEqual", "NumpadComma"]),
};
/** By `key`, without it. */
const KEYPAD_MOVES: Readonly<Record<string, string>> = {
  ...numbered(57_417, [
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "PageUp",
    "PageDown",
    "Home",
    "End",
  ]),
  ...numbered(57_425, ["Insert", "Delete"]),
};

function numbered(first: number, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name, at) => [name, String(first + at)]));
}

export const isModifierKey = ({ key }: Facts): boolean => MODIFIERS.includes(key);

/** Null for a character, and for what the protocol has no number for. `keypad`: its keys are keys of their own. */
export function functionalKey({ key, code }: Facts, keypad: boolean): FunctionalKey | null {
  const ofKeypad = keypad && code.startsWith("Numpad") ? (KEYPAD_MOVES[key] ?? KEYPAD[code]) : undefined;
  const ofSide = code.endsWith("Right") ? FUNCTIONAL[`${key}Right`] : undefined;
  const form = (key === "Clear" ? undefined : ofKeypad) ?? ofSide ?? FUNCTIONAL[key];
  const [, number, final] = /^(\d+)(.?)$/.exec(form ?? "") ?? [];
  return number === undefined ? null : { number: Number(number), final: final || "u" };
}

/** By `code`: without and with Shift. */
export const CHARACTERS_OF_US: Readonly<Record<string, readonly [string, string]>> = {
  ...Object.fromEntries(
    Array.from("abcdefghijklmnopqrstuvwxyz", (letter) => [
      `Key${letter.toUpperCase()}`,
      [letter, letter.toUpperCase()],
    ]),
  ),
  ...Object.fromEntries(
    Array.from(")!@#$%^&*(", (shifted, digit) => [`Digit${digit}`, [`${digit}`, shifted]]),
  ),
  ...{ Backquote: ["`", "~"], Minus: ["-", "_"], Equal: ["=", "+"], Backslash: ["\\", "|"] },
  ...{ BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Semicolon: [";", ":"], Quote: ["'", '"'] },
  ...{ Comma: [",", "<"], Period: [".", ">"], Slash: ["/", "?"] },
};
