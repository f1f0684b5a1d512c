/** The page's tokens as a terminal's colours. */
import type { ISearchDecorationOptions } from "@xterm/addon-search";
import type { ITheme } from "@xterm/xterm";

const ANSI = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** Reads a token by its name, without the dashes. */
type Token = (name: string) => string;

export function pageToken(): Token {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

export function terminalTheme(token: Token): ITheme {
  const ansi = ANSI.flatMap((name) => [
    [name, token(`ansi-${name}`)],
    [`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`, token(`ansi-bright-${name}`)],
  ]);
  return {
    ...Object.fromEntries(ansi),
    background: token("surface"),
    foreground: token("text"),
    cursor: token("accent"),
    cursorAccent: token("surface"),
    selectionBackground: token("terminal-selection"),
    selectionInactiveBackground: token("terminal-selection"),
  };
}

/** Of what the find bar finds. The addon wants `#rrggbb`. */
export const findColours = (token: Token): ISearchDecorationOptions => ({
  matchBackground: token("find-match"),
  matchOverviewRuler: token("needs-you"),
  activeMatchBackground: token("find-active"),
  activeMatchColorOverviewRuler: token("needs-you"),
});
