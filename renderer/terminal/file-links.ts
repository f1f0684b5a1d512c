/**
 * What a terminal says of files that the session changed: their names are links to the diff. Looked for are the names
 * that the diff has, and nothing else: whatever a program prints, the page asks the host for no file by it.
 */
import type { IBuffer, IBufferCellPosition, ILinkProvider, Terminal } from "@xterm/xterm";

export interface FileLinks {
  /** The worktree's root, as a path. */
  readonly root: string | null;
  /** What the diff has, from the root. */
  paths(): Promise<readonly string[]>;
  open(path: string): void;
}

/** Where a text has a file's name, with its line and column where they are behind it: [start, end). */
export interface FoundFile {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** What may not stand before a name, and not behind it: it would be another name's part. */
const BEFORE = /[\p{L}\p{N}_./\\~@+%-]$/u;
const BEHIND = /^(?:[\p{L}\p{N}_/\\~@+%-]|\.[\p{L}\p{N}_])/u;
const PLACE = /^:\d+(?::\d+)?/;
/** A line of a megabyte is no line of paths. */
const MAX_TEXT = 8192;

/** The files that `text` names: from `cwd` (or the root, where it is not known) or by their whole path. */
export function filesIn(
  text: string,
  paths: readonly string[],
  { root, cwd }: { readonly root: string; readonly cwd: string | null },
): FoundFile[] {
  const shown = text.slice(0, MAX_TEXT);
  const found = paths.flatMap((path) => {
    const base = path.slice(path.lastIndexOf("/") + 1);
    if (base === "" || !shown.includes(base)) return [];
    return spellings(path, root, cwd ?? root).flatMap((spelling) => placesOf(shown, spelling, path));
  });
  // The name with a blank in it, not the end of it that is a name too.
  const longest = found.toSorted((a, b) => b.end - b.start - (a.end - a.start));
  return longest.filter((one, at) =>
    longest.slice(0, at).every((other) => one.end <= other.start || one.start >= other.end),
  );
}

function spellings(path: string, root: string, cwd: string): string[] {
  const whole = `${root}/${path}`;
  if (cwd !== root && !cwd.startsWith(`${root}/`)) return [whole];
  const from = cwd.slice(root.length).split("/").filter(Boolean);
  const to = path.split("/");
  let same = 0;
  while (same < from.length && from[same] === to[same]) same += 1;
  const up = "../".repeat(from.length - same);
  const relative = up + to.slice(same).join("/");
  return up === "" ? [whole, `./${relative}`, relative] : [whole, relative];
}

function placesOf(text: string, spelling: string, path: string): FoundFile[] {
  const places: FoundFile[] = [];
  for (let start = text.indexOf(spelling); start >= 0; start = text.indexOf(spelling, start + 1)) {
    const end = start + spelling.length;
    // Two: half a character is none.
    if (BEFORE.test(text.slice(Math.max(0, start - 2), start)) || BEHIND.test(text.slice(end, end + 4)))
      continue;
    places.push({ path, start, end: end + (PLACE.exec(text.slice(end))?.[0].length ?? 0) });
  }
  return places;
}

/** `onHover` is told the path under the pointer, or null; a click with Ctrl or ⌘ opens it. */
export function fileLinkProvider(
  { buffer }: Terminal,
  links: () => FileLinks,
  cwd: () => string | null,
  onHover: (path: string | null) => void,
): ILinkProvider {
  return {
    provideLinks(line, callback) {
      const { root, paths, open } = links();
      const { text, cells } = lineAt(buffer.active, line - 1);
      if (root === null || text.trim() === "") return callback(undefined);
      const show = (known: readonly string[]): void =>
        callback(
          filesIn(text, known, { root, cwd: cwd() }).flatMap(({ path, start, end }) => {
            const [first, last] = [cells[start], cells[end - 1]];
            if (!first || !last) return [];
            return {
              text: path,
              range: { start: first, end: last },
              activate: ({ ctrlKey, metaKey }: MouseEvent) => (ctrlKey || metaKey) && open(path),
              hover: () => onHover(path),
              leave: () => onHover(null),
            };
          }),
        );
      // Without the diff there is nothing to link to; its own pane says why.
      paths().then(show, () => callback(undefined));
    },
  };
}

/** The line with what it is wrapped on, and for each UTF-16 unit of its text the cell, counted from 1. */
function lineAt(buffer: IBuffer, at: number): { text: string; cells: readonly IBufferCellPosition[] } {
  let row = at;
  while (row > 0 && at - row < MAX_ROWS && buffer.getLine(row)?.isWrapped) row -= 1;
  let text = "";
  const cells: IBufferCellPosition[] = [];
  for (const first = row; row - first < 2 * MAX_ROWS; row += 1) {
    const line = buffer.getLine(row);
    if (!line || (row > first && !line.isWrapped)) break;
    for (let x = 0; x < line.length; x += 1) {
      const cell = line.getCell(x);
      // The second half of a wide character.
      if (!cell || cell.getWidth() === 0) continue;
      const chars = cell.getChars() || " ";
      text += chars;
      for (let unit = 0; unit < chars.length; unit += 1) cells.push({ x: x + 1, y: row + 1 });
    }
  }
  return { text, cells };
}

/** Rows above and below that are looked at for the rest of a line. */
const MAX_ROWS = 20;
