import { shortcut } from "../ui/mod-key.ts";
import { useToasts } from "../ui/toasts.tsx";
import { copyText } from "./copy-text.ts";
import { Menu, MenuCheck, MenuItem, MenuNote } from "./Menu.tsx";
import { changeFontSize, setScreenReader, useTerminalPreferences } from "./preferences.ts";
import type { Direction } from "./splits.ts";
import type { PartHandle } from "./TerminalPart.tsx";

/** About the terminal that has the keys. */
export function TerminalMenu({
  part,
  onSplit,
}: {
  part: () => PartHandle | undefined;
  onSplit: (direction: Direction) => void;
}) {
  const { fontSize, screenReader } = useTerminalPreferences();
  const toasts = useToasts();

  const copy = async (how: "as it is" | "without line breaks"): Promise<void> => {
    const text = (await part()?.view?.selection(how)) ?? "";
    if (text === "") return toasts.info("Nothing is selected in the terminal.");
    await copyText(text).catch(toasts.error);
  };
  const paste = async (): Promise<void> => {
    try {
      part()?.paste(await navigator.clipboard.readText());
      part()?.view?.focus();
    } catch {
      toasts.error(
        new Error("The browser did not hand out the clipboard. Press Ctrl+Shift+V in the terminal instead."),
      );
    }
  };
  const clear = (): void => {
    if (part()?.view?.clear() === false)
      toasts.info("A program fills the terminal. It can be cleared when that program has ended.");
  };
  return (
    <Menu label="Terminal menu">
      <MenuItem shortcut="Ctrl+Shift+E" onChoose={() => onSplit("row")}>
        Split side by side
      </MenuItem>
      <MenuItem shortcut="Ctrl+Shift+O" onChoose={() => onSplit("column")}>
        Split below
      </MenuItem>
      <MenuItem shortcut="Ctrl+Shift+C" onChoose={() => void copy("as it is")}>
        Copy
      </MenuItem>
      <MenuItem onChoose={() => void copy("without line breaks")}>Copy without line breaks</MenuItem>
      <MenuItem shortcut="Ctrl+Shift+A" onChoose={() => part()?.view?.selectAll()}>
        Select all
      </MenuItem>
      <MenuItem shortcut="Ctrl+Shift+V" onChoose={() => void paste()}>
        Paste
      </MenuItem>
      <MenuItem shortcut={shortcut("F")} onChoose={() => part()?.find()}>
        Find…
      </MenuItem>
      <MenuItem shortcut={shortcut("↑")} onChoose={() => part()?.view?.jump("previous")}>
        Previous command
      </MenuItem>
      <MenuItem shortcut={shortcut("↓")} onChoose={() => part()?.view?.jump("next")}>
        Next command
      </MenuItem>
      <MenuItem onChoose={clear}>Clear</MenuItem>
      <MenuItem shortcut="Ctrl+Shift++" onChoose={() => changeFontSize(1)}>
        Larger text ({fontSize} px)
      </MenuItem>
      <MenuItem shortcut="Ctrl+Shift+-" onChoose={() => changeFontSize(-1)}>
        Smaller text
      </MenuItem>
      <MenuCheck checked={screenReader} onChoose={() => setScreenReader(!screenReader)}>
        Screen reader mode
      </MenuCheck>
      <MenuNote>Ctrl+Shift+↑ leaves the terminal</MenuNote>
    </Menu>
  );
}
