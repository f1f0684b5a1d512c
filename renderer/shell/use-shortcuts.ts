import { useEffect } from "react";
import { COMMANDS } from "./commands.ts";
import type { CommandContext } from "./commands.ts";
import { pressed } from "./keys.ts";

/** Runs commands by their keys, from anywhere but a dialog, which has keys of its own. */
export function useShortcuts(context: CommandContext): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      if (context.stores.view.getState().dialog !== null || document.querySelector("dialog[open]")) return;
      const inTerminal = event.target instanceof Element && event.target.closest(".xterm") !== null;
      const bare = typesText(event.target) ? null : event.key;
      const command = COMMANDS.find(
        ({ keys, bare: alone }) =>
          (keys !== undefined && pressed(keys, event, inTerminal)) ||
          (alone === bare && !withModifier(event)),
      );
      if (!command) return;
      // Also where it can't be done now: the browser's own meaning of the key would be a surprise.
      event.preventDefault();
      event.stopPropagation();
      if (command.when?.(context) ?? true) command.run(context);
    };
    // Before the focused element has it: a terminal would take the key for the shell.
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, [context]);
}

const withModifier = ({ ctrlKey, metaKey, altKey }: KeyboardEvent): boolean => ctrlKey || metaKey || altKey;

/** Whether a key is text there: in a field, and in a terminal, which reads from one. */
const typesText = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])") !== null;
