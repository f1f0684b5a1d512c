import { useToasts } from "../ui/toasts.tsx";
import { Menu, MenuCheck, MenuItem, MenuNote } from "./Menu.tsx";
import { changeFontSize, setScreenReader, useTerminalPreferences } from "./preferences.ts";
import type { Screen } from "./use-screen.ts";

export function TerminalMenu({ screen, onFind }: { screen: Screen; onFind: () => void }) {
  const { fontSize, screenReader } = useTerminalPreferences();
  const toasts = useToasts();

  const copy = async (how: "as it is" | "without line breaks"): Promise<void> => {
    const text = screen.view.current?.selection(how) ?? "";
    if (text === "") return toasts.info("Nothing is selected in the terminal.");
    await navigator.clipboard
      .writeText(text)
      .catch(() => toasts.error(new Error("The browser did not allow copying.")));
  };
  const paste = async (): Promise<void> => {
    try {
      screen.paste(await navigator.clipboard.readText());
      screen.view.current?.focus();
    } catch {
      toasts.error(
        new Error("The browser did not hand out the clipboard. Press Ctrl+Shift+V in the terminal instead."),
      );
    }
  };
  return (
    <Menu label="Terminal menu">
      <MenuItem shortcut="Ctrl+Shift+C" onChoose={() => void copy("as it is")}>
        Copy
      </MenuItem>
      <MenuItem onChoose={() => void copy("without line breaks")}>Copy without line breaks</MenuItem>
      <MenuItem shortcut="Ctrl+Shift+V" onChoose={() => void paste()}>
        Paste
      </MenuItem>
      <MenuItem shortcut="Ctrl+F" onChoose={onFind}>
        Find…
      </MenuItem>
      <MenuItem onChoose={() => screen.view.current?.clear()}>Clear</MenuItem>
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
