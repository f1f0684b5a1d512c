/** Which keys a terminal with the focus takes, which it leaves to the app, and which it acts on itself. */
export type TerminalKey = "terminal" | "app" | "copy" | "find" | "leave" | "larger" | "smaller";

type KeyFacts = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** What the sheet of shortcuts says of terminals. `Mod` is Ctrl, or ⌘ on a Mac. */
export const TERMINAL_SHORTCUTS = [
  { keys: "Mod+F", does: "Find in the terminal" },
  { keys: "Ctrl+Shift+C", does: "Copy what is selected" },
  { keys: "Ctrl+Shift+V", does: "Paste" },
  { keys: "Mod+Shift+=", does: "Larger text" },
  { keys: "Mod+Shift+-", does: "Smaller text" },
  { keys: "Ctrl+Shift+↑", does: "Leave the terminal: focus its tabs" },
] as const;

/**
 * A shell and what runs in it need nearly every key, Escape too. What the window wants it takes before a terminal sees
 * it; of the rest, all that is typed with Ctrl and Shift, or with ⌘, is the browser's and the system's.
 */
export function terminalKey({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyFacts): TerminalKey {
  if (altKey || !(ctrlKey || metaKey)) return "terminal";
  const lower = key.toLowerCase();
  if (shiftKey) {
    if (lower === "c") return "copy";
    if (key === "ArrowUp") return "leave";
    if (key === "+" || key === "=") return "larger";
    if (key === "_" || key === "-") return "smaller";
    return "app";
  }
  if (lower === "f") return "find";
  return metaKey ? "app" : "terminal";
}
