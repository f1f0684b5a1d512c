/** The key that shortcuts are made with, as it is written on the keyboard. */
export const MOD_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";

/** A shortcut as it is shown: `⌘↵`, `Ctrl+Enter`. */
export const shortcut = (key: string): string =>
  MOD_KEY === "⌘" ? `⌘${key === "Enter" ? "↵" : key}` : `Ctrl+${key}`;

export const withMod = (event: { readonly metaKey: boolean; readonly ctrlKey: boolean }): boolean =>
  MOD_KEY === "⌘" ? event.metaKey : event.ctrlKey;
