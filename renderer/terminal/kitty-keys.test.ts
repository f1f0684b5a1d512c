import { expect, test } from "vitest";
import { kittyKey } from "./kitty-keys.ts";
import type { Keyboard, KeyFacts } from "./kitty-keys.ts";

const NAMES = { S: "shiftKey", A: "altKey", C: "ctrlKey", M: "metaKey" } as const;
const STATES: Readonly<Record<string, string>> = { c: "CapsLock", n: "NumLock", g: "AltGraph" };

/** A key that goes down: its `key`, its `code`, what is held (Shift, Alt, Ctrl, Meta), and what is on (caps, num, altGr). */
function down(key: string, code = "", held = ""): KeyFacts {
  const modifiers = { shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };
  for (const [letter, name] of Object.entries(NAMES)) modifiers[name] = held.includes(letter);
  const states = Array.from(held, (letter) => STATES[letter]);
  return {
    ...{ type: "keydown", key, code, repeat: false, ...modifiers },
    getModifierState: (state) => states.includes(state),
  };
}
const again = (event: KeyFacts): KeyFacts => ({ ...event, repeat: true });
const up = (event: KeyFacts): KeyFacts => ({ ...event, type: "keyup" });

const UNKNOWN: Keyboard = { isMac: false, unshifted: () => undefined };
const MAC: Keyboard = { ...UNKNOWN, isMac: true };
const GERMAN: Keyboard = {
  isMac: false,
  unshifted: (code) => ({ Digit7: "7", Minus: "ß", KeyQ: "q", KeyY: "z" })[code],
};

const TOLD = 1;
const EVENTS = 2;
const ALTERNATES = 4;
const ALL = 8;
const TEXT = 16;

const a = down("a", "KeyA");
const shiftA = down("A", "KeyA", "S");
const enter = down("Enter", "Enter");
const shiftEnter = down("Enter", "Enter", "S");
const altGrQ = down("@", "KeyQ", "g");

/** What is typed in CSI; null: it is typed as without the protocol. */
test.each<[string, KeyFacts, number, string | null, Keyboard?]>([
  ["nothing was asked for", down("Escape"), 0, null],
  ["only the form was asked for", down("i", "KeyI", "C"), ALTERNATES | TEXT, null],

  ["text", a, TOLD, null],
  ["text with Shift", shiftA, TOLD, null],
  ["text in another alphabet", down("с", "KeyC"), TOLD, null],
  ["a space with Shift", down(" ", "Space", "S"), TOLD, null],
  ["Escape", down("Escape", "Escape"), TOLD, "27u"],
  ["Ctrl and a letter", down("i", "KeyI", "C"), TOLD, "105;5u"],
  ["Ctrl, Shift and a letter", down("A", "KeyA", "CS"), TOLD, "97;6u"],
  ["Ctrl and a letter under Caps Lock", down("C", "KeyC", "Cc"), TOLD, "99;5u"],
  ["Ctrl and a letter under Num Lock", down("c", "KeyC", "Cn"), TOLD, "99;5u"],
  ["Ctrl and a bracket", down("[", "BracketLeft", "C"), TOLD, "91;5u"],
  ["Ctrl and the space", down(" ", "Space", "C"), TOLD, "32;5u"],
  ["Alt and a letter", down("a", "KeyA", "A"), TOLD, "97;3u"],
  ["Alt, Shift and a letter", down("A", "KeyA", "AS"), TOLD, "97;4u"],
  ["Alt, Shift and a digit", down("#", "Digit3", "AS"), TOLD, "51;4u"],
  ["Ctrl, Alt and a letter", down("a", "KeyA", "CA"), TOLD, "97;7u"],
  ["the key with the logo", down("a", "KeyA", "M"), TOLD, "97;9u"],
  ["Ctrl and another alphabet", down("с", "KeyC", "C"), TOLD, "1089;5u"],
  ["Alt, Shift and a key of a keyboard that is known", down("/", "Digit7", "AS"), TOLD, "55;4u", GERMAN],
  ["Alt, Shift and a key of one that is not", down("/", "Digit7", "AS"), TOLD, "47;4u"],
  ["Enter", enter, TOLD, null],
  ["Enter under Num Lock", down("Enter", "Enter", "n"), TOLD, null],
  ["Shift and Enter", shiftEnter, TOLD, "13;2u"],
  ["Ctrl and Enter", down("Enter", "Enter", "C"), TOLD, "13;5u"],
  ["Alt and Enter", down("Enter", "Enter", "A"), TOLD, "13;3u"],
  ["Tab", down("Tab", "Tab"), TOLD, null],
  ["Shift and Tab", down("Tab", "Tab", "S"), TOLD, "9;2u"],
  ["Ctrl, Shift and Tab", down("Tab", "Tab", "CS"), TOLD, "9;6u"],
  ["Backspace", down("Backspace", "Backspace"), TOLD, null],
  ["Ctrl and Backspace", down("Backspace", "Backspace", "C"), TOLD, "127;5u"],

  ["an arrow", down("ArrowUp", "ArrowUp"), TOLD, "A"],
  ["the other arrows", down("ArrowLeft", "ArrowLeft", "C"), TOLD, "1;5D"],
  ["an arrow under Caps Lock", down("ArrowRight", "ArrowRight", "c"), TOLD, "1;65C"],
  ["an arrow under both locks, with Ctrl", down("ArrowDown", "ArrowDown", "Ccn"), TOLD, "1;197B"],
  ["Home", down("Home", "Home"), TOLD, "H"],
  ["End with Shift", down("End", "End", "S"), TOLD, "1;2F"],
  ["Page Up", down("PageUp", "PageUp"), TOLD, "5~"],
  ["Delete with Ctrl", down("Delete", "Delete", "C"), TOLD, "3;5~"],
  ["Insert", down("Insert", "Insert"), TOLD, "2~"],
  ["F1", down("F1", "F1"), TOLD, "P"],
  ["F3, which is no place of the cursor", down("F3", "F3"), TOLD, "13~"],
  ["F3 with Shift", down("F3", "F3", "S"), TOLD, "13;2~"],
  ["F4 with Alt", down("F4", "F4", "A"), TOLD, "1;3S"],
  ["F5", down("F5", "F5"), TOLD, "15~"],
  ["F12 with Ctrl", down("F12", "F12", "C"), TOLD, "24;5~"],
  ["F13", down("F13", "F13"), TOLD, "57376u"],
  ["F24", down("F24", "F24"), TOLD, "57387u"],
  ["the menu's key", down("ContextMenu", "ContextMenu"), TOLD, "57363u"],
  ["Pause", down("Pause", "Pause"), TOLD, "57362u"],
  ["the next track", down("MediaTrackNext", "MediaTrackNext"), TOLD, "57435u"],
  ["louder", down("AudioVolumeUp", "AudioVolumeUp"), TOLD, "57439u"],
  ["a key that has no number", down("LaunchMail", "LaunchMail"), TOLD | ALL, null],
  ["a dead key", down("Dead", "Quote"), TOLD | ALL, null],
  ["a modifier alone", down("Shift", "ShiftLeft", "S"), TOLD | EVENTS, null],
  ["Caps Lock alone", down("CapsLock", "CapsLock", "c"), TOLD, null],

  ["a digit of the keypad", down("5", "Numpad5", "n"), TOLD, null],
  ["a digit of the keypad with Ctrl", down("5", "Numpad5", "Cn"), TOLD, "57404;133u"],
  ["the keypad's Enter", down("Enter", "NumpadEnter"), TOLD, "57414u"],
  ["the keypad's arrow", down("ArrowLeft", "Numpad4"), TOLD, "57417u"],
  ["the keypad's Delete", down("Delete", "NumpadDecimal"), TOLD, "57426u"],
  ["the keypad's middle", down("Clear", "Numpad5"), TOLD, "E"],
  ["the keypad's middle with Shift", down("Clear", "Numpad5", "S"), TOLD, "1;2E"],
  ["the keypad's plus among all keys", down("+", "NumpadAdd"), ALL | TEXT, "57413;;43u"],

  ["a repeat where none are told", again(down("ArrowUp", "ArrowUp")), TOLD, "A"],
  ["a release where none are told", up(down("ArrowUp", "ArrowUp")), TOLD | ALL, null],
  ["a repeat", again(down("ArrowUp", "ArrowUp")), TOLD | EVENTS, "1;1:2A"],
  ["a release", up(down("ArrowUp", "ArrowUp", "C")), TOLD | EVENTS, "1;5:3A"],
  ["a press where all is told", down("ArrowUp", "ArrowUp"), TOLD | EVENTS, "A"],
  ["Escape's release", up(down("Escape", "Escape")), TOLD | EVENTS, "27;1:3u"],
  ["a repeat of text", again(a), TOLD | EVENTS, null],
  ["a release of text", up(a), TOLD | EVENTS, null],
  ["a release of Ctrl and a letter", up(down("i", "KeyI", "C")), TOLD | EVENTS, "105;5:3u"],
  ["Enter's repeat", again(enter), TOLD | EVENTS, null],
  ["Enter's release", up(enter), TOLD | EVENTS, null],
  ["the release of Shift and Enter", up(shiftEnter), TOLD | EVENTS, null],
  ["events alone: Escape", down("Escape", "Escape"), EVENTS, null],
  ["events alone: its release", up(down("Escape", "Escape")), EVENTS, "27;1:3u"],
  ["events alone: Ctrl and a letter", down("i", "KeyI", "C"), EVENTS, null],
  ["events alone: its repeat", again(down("i", "KeyI", "C")), EVENTS, "105;5:2u"],
  ["events alone: Shift and Enter", shiftEnter, EVENTS, null],
  ["events alone: an arrow", down("ArrowUp", "ArrowUp"), EVENTS, "A"],
  ["events alone: the keypad is like the other keys", down("ArrowUp", "Numpad8"), EVENTS, "A"],

  ["others: Ctrl, Shift and a letter", down("A", "KeyA", "CS"), TOLD | ALTERNATES, "97:65;6u"],
  ["others: under Caps Lock", down("a", "KeyA", "CSc"), TOLD | ALTERNATES, "97:65;6u"],
  ["others: Ctrl and a letter", down("a", "KeyA", "C"), TOLD | ALTERNATES, "97;5u"],
  ["others: Alt, Shift and a digit", down("#", "Digit3", "AS"), TOLD | ALTERNATES, "51:35;4u"],
  ["others: another alphabet", down("с", "KeyC", "C"), TOLD | ALTERNATES, "1089::99;5u"],
  ["others: another alphabet with Shift", down("С", "KeyC", "CS"), TOLD | ALTERNATES, "1089:1057:99;6u"],
  ["others: a letter at another place", down("z", "KeyY", "C"), TOLD | ALTERNATES, "122::121;5u", GERMAN],
  ["others: what Shift makes elsewhere", down("?", "Minus", "AS"), TOLD | ALTERNATES, "223:63:45;4u", GERMAN],
  ["others: of an arrow", down("ArrowUp", "ArrowUp", "S"), TOLD | ALTERNATES, "1;2A"],
  ["others: of text", a, TOLD | ALTERNATES, null],

  ["all: text", a, ALL, "97u"],
  ["all: text with Shift", shiftA, ALL, "97;2u"],
  ["all: text under Caps Lock", down("A", "KeyA", "c"), ALL, "97;65u"],
  ["all: its repeat", again(a), ALL | EVENTS, "97;1:2u"],
  ["all: its release", up(a), ALL | EVENTS, "97;1:3u"],
  ["all: Enter", enter, ALL, "13u"],
  ["all: Enter's release", up(enter), ALL | EVENTS, "13;1:3u"],
  ["all: Tab", down("Tab", "Tab"), ALL, "9u"],
  ["all: Backspace", down("Backspace", "Backspace"), ALL, "127u"],
  ["all: Escape", down("Escape", "Escape"), ALL, "27u"],
  ["all: the keypad's Enter", down("Enter", "NumpadEnter"), ALL, "57414u"],
  ["all: Shift", down("Shift", "ShiftLeft", "S"), ALL, "57441;2u"],
  ["all: the right Ctrl's release", up(down("Control", "ControlRight")), ALL | EVENTS, "57448;1:3u"],
  ["all: a Ctrl at another place", down("Control", "CapsLock", "C"), ALL, "57442;5u"],
  ["all: the right logo", down("Meta", "MetaRight", "M"), ALL, "57450;9u"],
  ["all: AltGr", down("AltGraph", "AltRight", "g"), ALL, "57453u"],
  ["all: Caps Lock", down("CapsLock", "CapsLock", "c"), ALL, "57358;65u"],
  ["all: with others", shiftA, ALL | ALTERNATES, "97:65;2u"],

  ["with its text", a, ALL | TEXT, "97;;97u"],
  ["with its text, with Shift", shiftA, ALL | TEXT, "97;2;65u"],
  ["with its text, again", again(a), ALL | TEXT | EVENTS, "97;1:2;97u"],
  ["with its text: the release has none", up(a), ALL | TEXT | EVENTS, "97;1:3u"],
  ["with its text: Ctrl and a letter has none", down("a", "KeyA", "C"), ALL | TEXT, "97;5u"],
  ["with its text: Enter has none", enter, ALL | TEXT, "13u"],
  ["with its text, of two units", down("😀", ""), ALL | TEXT, "128512;;128512u"],
  ["all there is", shiftA, 31, "97:65;2;65u"],
  ["the text of a key that is not told", a, TOLD | TEXT, null],

  ["AltGr", altGrQ, TOLD, null],
  ["AltGr where all keys are told, and no text", altGrQ, ALL | EVENTS, null],
  ["AltGr, told", altGrQ, ALL | TEXT, "113;;64u"],
  ["AltGr, told, on a keyboard that is known", altGrQ, ALL | TEXT | ALTERNATES, "113;;64u", GERMAN],
  ["AltGr as Windows says it", down("@", "KeyQ", "CAg"), TOLD, null],
  ["AltGr and Ctrl", down("@", "KeyQ", "Cg"), TOLD, "64;5u"],
  ["AltGr and an arrow", down("ArrowUp", "ArrowUp", "g"), TOLD, "A"],
  ["Option on a Mac", down("å", "KeyA", "A"), TOLD, null, MAC],
  ["Option on a Mac, told", down("å", "KeyA", "A"), ALL | TEXT, "97;;229u", MAC],
  ["Option on a Mac and an arrow", down("ArrowUp", "ArrowUp", "A"), TOLD, "1;3A", MAC],
])("%s", (_, event, flags, expected, keyboard = UNKNOWN) => {
  expect(kittyKey(event, flags, keyboard)).toBe(expected === null ? null : `\x1b[${expected}`);
});
