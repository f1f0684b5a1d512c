/** What a pane of tmux holds, cell by cell, as its `capture-pane` says it with colours. */
import { cellsOfText } from "./cells.ts";
import type { Cells } from "./cells.ts";
import type { Tmux } from "./tmux.ts";

/**
 * tmux writes every number of two digits that is not a colour as it writes the styles of an underline (`4:3`), and so
 * 53, an overline, as 5:3: which is nothing, and read as 5, a blink.
 */
const withOverlines = (text: string): string =>
  text.replaceAll(/\[[\d;:]*m/g, (sequence) => sequence.replace("5:3", "53"));

/** Of the session's only pane: all of its history and its screen. */
export async function cellsInPane(tmux: Tmux, session: string): Promise<Cells> {
  // -N: tmux would leave out blanks at a line's end, coloured ones as well.
  const text = tmux.run("capture-pane", "-e", "-N", "-p", "-t", session, "-S", "-");
  const lines = text.split("\n").slice(0, -1);
  const asked = tmux.run("display-message", "-p", "-t", session, "#{pane_width} #{cursor_x} #{cursor_y}");
  const [cols = 0, x = 0, y = 0] = asked.trim().split(" ").map(Number);
  // A row for each line: where a screen scrolls, colours that still hold would fill the row that comes.
  const { lines: read } = await cellsOfText(withOverlines(lines.join("\r\n")), {
    cols,
    rows: lines.length,
    scrollback: 0,
  });
  return { lines: read, cursor: { x, y } };
}
