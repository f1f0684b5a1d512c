/** What the keys do that a terminal keeps from its shell. */
import type { Terminal } from "@xterm/xterm";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { terminalKey } from "./keys.ts";
import type { TerminalKey } from "./keys.ts";

/** Keys that are about more than the grid. */
export type PaneKey = Exclude<
  TerminalKey,
  "terminal" | "app" | "copy" | "select-all" | "next-command" | "previous-command"
>;

export interface KeyActions {
  copies(): boolean;
  copy(): void;
  selectAll(): void;
  jump(direction: "previous" | "next"): void;
  act(key: PaneKey): void;
}

/** False keeps the key from the shell; it then goes on to the app, unless it was acted on here. */
export function handleKey(event: KeyboardEvent, terminal: Terminal, actions: KeyActions): boolean {
  const key = terminalKey(event);
  const act = (run: () => void): false => {
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "keydown") run();
    return false;
  };
  switch (key) {
    case "terminal":
      return true;
    case "app":
      return false;
    case "copy":
      if (!actions.copies()) return false;
      return act(actions.copy);
    case "select-all":
      return act(actions.selectAll);
    case "next-command":
    case "previous-command":
      // A full-screen program has no commands to jump to, and may have a use for the key.
      if (terminal.buffer.active.type === "alternate") return true;
      return act(() => actions.jump(key === "next-command" ? "next" : "previous"));
    case "find":
    case "leave":
    case "larger":
    case "smaller":
    case "split-beside":
    case "split-below":
    case "next-split":
    case "previous-split":
      return act(() => actions.act(key));
    default:
      return assertNever(key);
  }
}
