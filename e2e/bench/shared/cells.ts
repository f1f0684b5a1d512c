/**
 * What a terminal shows, cell by cell: characters, colours, attributes and the cursor's place, so that two terminals can be
 * compared. Alike is what looks alike: one of the first 16 colours is the same whether it was asked for by its own number
 * or as one of 256, and what stands behind a line's last cell that is not plain and blank is not told apart. Not read, for
 * xterm does not say it: the style and the colour of an underline, and links.
 */
import type { Terminal } from "@xterm/headless";
import xterm from "@xterm/headless";

/** Each line is its text, with what the cells behind look like in ⟨⟩ wherever that changes. */
export interface Cells {
  /** The scrollback and the screen. */
  readonly lines: readonly string[];
  /** From the screen's upper left corner, from 0. */
  readonly cursor: { readonly x: number; readonly y: number };
}

/** Of xterm, in a page or headless. */
export type Readable = Pick<Terminal, "buffer">;

/** Runs in pages, too. Must name nothing from outside itself. */
export function readCells({ buffer: { active } }: Readable): Cells {
  const cell = active.getNullCell();
  const colour = (is: { isDefault: boolean; isRgb: boolean; colour: number }): string =>
    is.isDefault ? "" : is.isRgb ? `#${is.colour.toString(16).padStart(6, "0")}` : String(is.colour);
  const looks = (): string => {
    if (cell.isAttributeDefault()) return "";
    const fg = { isDefault: cell.isFgDefault(), isRgb: cell.isFgRGB(), colour: cell.getFgColor() };
    const bg = { isDefault: cell.isBgDefault(), isRgb: cell.isBgRGB(), colour: cell.getBgColor() };
    const attributes = {
      ...{ bold: cell.isBold(), dim: cell.isDim(), italic: cell.isItalic() },
      ...{ underline: cell.isUnderline(), overline: cell.isOverline(), struck: cell.isStrikethrough() },
      ...{ blink: cell.isBlink(), inverse: cell.isInverse(), invisible: cell.isInvisible() },
    };
    const said = Object.entries(attributes).flatMap(([name, is]) => (is === 0 ? [] : [name]));
    return [colour(fg) && `fg ${colour(fg)}`, colour(bg) && `bg ${colour(bg)}`, ...said]
      .filter((each) => each !== "")
      .join(", ");
  };
  const lines = Array.from({ length: active.length }, (_, y) => {
    const line = active.getLine(y);
    let text = "";
    let before = "";
    let end = 0;
    for (let x = 0; line?.getCell(x, cell) !== undefined; x += 1) {
      // The second half of a wide character.
      if (cell.getWidth() === 0) continue;
      const now = looks();
      if (now !== before) text += `⟨${now}⟩`;
      before = now;
      const chars = cell.getChars();
      text += chars === "" ? " " : chars;
      if (now !== "" || text.at(-1) !== " ") end = text.length;
    }
    return text.slice(0, end);
  });
  return { lines, cursor: { x: active.cursorX, y: active.cursorY } };
}

/** What a screen shows when it has been written to a terminal of this size. */
export async function cellsOfText(
  text: string,
  { cols, rows, scrollback }: { cols: number; rows: number; scrollback: number },
): Promise<Cells> {
  const terminal = new xterm.Terminal({ allowProposedApi: true, cols, rows, scrollback, logLevel: "off" });
  try {
    await new Promise<void>((resolve) => terminal.write(text, resolve));
    return readCells(terminal);
  } finally {
    terminal.dispose();
  }
}

/** How the cursor, or one of the last `count` lines, differs; null where all is equal. */
export function differenceOf(ours: Cells, theirs: Cells, count: number): string | null {
  const had = Math.min(ours.lines.length, theirs.lines.length);
  if (had < count) return `of ${count} lines there are only ${had}`;
  const [mine, others] = [ours.lines.slice(-count), theirs.lines.slice(-count)];
  const differs = mine.findIndex((line, index) => line !== others[index]);
  if (differs >= 0)
    return `line ${differs} of the last ${count}: ${JSON.stringify(mine[differs])} is not ${JSON.stringify(others[differs])}`;
  const [place, other] = [ours.cursor, theirs.cursor].map(({ x, y }) => `column ${x} of row ${y}`);
  return place === other ? null : `the cursor is at ${place}, not at ${other}`;
}

/** Throws where they differ. */
export function mustShowTheSame(what: string, ours: Cells, theirs: Cells, count: number): void {
  const difference = differenceOf(ours, theirs, count);
  if (difference !== null) throw new Error(`${what}: ${difference}`);
}
