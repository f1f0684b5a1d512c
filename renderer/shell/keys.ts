/** Keys that work everywhere: always with Ctrl or ⌘, or a function key, so that typing is never taken for one. */
import { latinKey } from "../ui/latin-key.ts";
import { MOD_KEY } from "../ui/mod-key.ts";

/** `mod+k`, `mod+shift+.`, `f2`: as `KeyboardEvent.key` names it, in small letters. */
export type Keys = string;

/** What of a key event is looked at. */
export type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Shift turns these into other characters on most keyboards, so they go by where they are. */
const CODES: Readonly<Record<string, string>> = {
  ".": "Period",
  "/": "Slash",
  "\\": "Backslash",
  "[": "BracketLeft",
  "]": "BracketRight",
  ",": "Comma",
};

const NAMES: Readonly<Record<string, string>> = { enter: "Enter", f2: "F2" };

/** The key as it is written for a person: `Ctrl+K`, `⌘K`. */
export function keysWords(keys: Keys, mod: "⌘" | "Ctrl" = MOD_KEY): string {
  const parts = keys.split("+");
  const last = parts.at(-1) ?? "";
  const name = NAMES[last] ?? last.toUpperCase();
  const shift = parts.includes("shift");
  if (!parts.includes("mod")) return `${shift ? "Shift+" : ""}${name}`;
  return mod === "⌘" ? `${shift ? "⇧" : ""}⌘${name}` : `Ctrl+${shift ? "Shift+" : ""}${name}`;
}

/**
 * Whether these are the keys. In a terminal Ctrl belongs to the shell: there Ctrl+Shift is the way out, as in every
 * terminal program; ⌘ is never the shell's.
 */
export function pressed(
  keys: Keys,
  event: Pressed,
  inTerminal: boolean,
  mod: "⌘" | "Ctrl" = MOD_KEY,
): boolean {
  const parts = keys.split("+");
  const last = parts.at(-1) ?? "";
  const wantsMod = parts.includes("mod");
  const shell = inTerminal && mod === "Ctrl";
  if (shell && (!wantsMod || parts.includes("shift"))) return false;
  const shift = shell || parts.includes("shift");
  const held = mod === "⌘" ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  const noMod = !event.metaKey && !event.ctrlKey;
  if (event.altKey || event.shiftKey !== shift || !(wantsMod ? held : noMod)) return false;
  return latinKey(event).toLowerCase() === last || (CODES[last] !== undefined && event.code === CODES[last]);
}
