/** Which keys a terminal with the focus takes, which it leaves to the app, and which it acts on itself. */
import { latinKey } from "../ui/latin-key.ts";

export type TerminalKey =
  | "terminal"
  | "app"
  | "copy"
  | "select-all"
  | "find"
  | "leave"
  | "larger"
  | "smaller"
  | "split-beside"
  | "split-below"
  | "next-split"
  | "previous-split"
  | "next-command"
  | "previous-command";

type KeyFacts = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** What the sheet of shortcuts says of terminals. `Mod` is Ctrl, or ⌘ on a Mac. */
export const TERMINAL_SHORTCUTS = [
  { keys: "Mod+F", does: "Find in the terminal" },
  { keys: "Ctrl+Shift+C", does: "Copy what is selected" },
  { keys: "Ctrl+Shift+V", does: "Paste" },
  { keys: "Ctrl+Shift+A", does: "Select all" },
  { keys: "Mod+↑ ↓", does: "The command before, the command after" },
  { keys: "Ctrl+Shift+E", does: "Split side by side" },
  { keys: "Ctrl+Shift+O", does: "Split below" },
  { keys: "Ctrl+Shift+← →", does: "The terminal before, the terminal after, in a split" },
  { keys: "← → ↑ ↓", does: "Move the border that has the focus; with Shift further" },
  { keys: "Enter", does: "Even shares, on a border; as by a double click" },
  { keys: "Mod+Click", does: "Open the address, or show the changed file, that the text names" },
  { keys: "Mod+Shift+=", does: "Larger text" },
  { keys: "Mod+Shift+-", does: "Smaller text" },
  { keys: "Ctrl+Shift+↑", does: "Leave the terminal: focus its tabs" },
] as const;

const WITH_SHIFT: Readonly<Record<string, TerminalKey>> = {
  c: "copy",
  a: "select-all",
  e: "split-beside",
  o: "split-below",
  arrowup: "leave",
  arrowright: "next-split",
  arrowleft: "previous-split",
  "+": "larger",
  "=": "larger",
  _: "smaller",
  "-": "smaller",
};

const WITHOUT_SHIFT: Readonly<Record<string, TerminalKey>> = {
  f: "find",
  arrowup: "previous-command",
  arrowdown: "next-command",
};

/**
 * A shell and what runs in it need nearly every key, Escape too. What the window wants it takes before a terminal sees
 * it; of the rest, all that is typed with Ctrl and Shift, or with ⌘, is the browser's and the system's.
 */
export function terminalKey(event: KeyFacts): TerminalKey {
  const { ctrlKey, metaKey, shiftKey, altKey } = event;
  if (altKey || !(ctrlKey || metaKey)) return "terminal";
  const lower = latinKey(event).toLowerCase();
  if (shiftKey) return WITH_SHIFT[lower] ?? "app";
  return WITHOUT_SHIFT[lower] ?? (metaKey ? "app" : "terminal");
}
