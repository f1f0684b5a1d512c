/**
 * Where tabs stop, each screen its own: programs set it, and xterm's serializer leaves it out. What was set behind the
 * right border of a terminal that is narrower now is forgotten, since no sequence leads there.
 *
 * Where xterm's fields are not those of 6.0.0, who attaches has stops as at the start, and a test says so.
 */
import type { Terminal } from "@xterm/headless";
import { field } from "#shared/terminal/xterm-field.ts";

const WIDTH = 8;

/** Sequences that set, in a fresh terminal, the stops of a screen. They leave the cursor at its line's start. */
export function restoreTabs(terminal: Terminal, screen: "normal" | "alternate"): string {
  const stops = stopsOf(terminal, screen);
  return stops.join() === usual(terminal).join() ? "" : setTabs(stops);
}

/** The same for a main screen that had them, and is to have them as at the start. */
export function resetTabs(terminal: Terminal): string {
  const stops = usual(terminal);
  return stopsOf(terminal, "normal").join() === stops.join() ? "" : setTabs(stops);
}

const setTabs = (stops: readonly number[]): string =>
  `\x1b[3g${stops.map((column) => `\x1b[${column + 1}G\x1bH`).join("")}\r`;

/** All columns from 0 but that one, where a tab back ends in any case. */
const columnsOf = ({ cols }: Terminal): number[] => Array.from({ length: cols - 1 }, (_, at) => at + 1);

const usual = (terminal: Terminal): number[] => columnsOf(terminal).filter((column) => column % WIDTH === 0);

function stopsOf(terminal: Terminal, screen: "normal" | "alternate"): number[] {
  const buffer = field(field(field(terminal, "_core"), "buffers"), screen === "normal" ? "normal" : "alt");
  const tabs = field(buffer, "tabs");
  if (typeof tabs !== "object") return usual(terminal);
  return columnsOf(terminal).filter((column) => field(tabs, String(column)) === true);
}
