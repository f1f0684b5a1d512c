/**
 * Codex's patch format, which models are trained on: https://github.com/openai/codex, `codex-rs/apply-patch`. Pure.
 * Nothing is repaired: a patch that is not whole must not be applied in part.
 */
export interface Hunk {
  /** Lines to find first, one after the other: what stood behind `@@`. */
  readonly anchors: readonly string[];
  readonly lines: readonly HunkLine[];
  /** `*** End of File`: the hunk's lines are the last of the file. */
  readonly atEnd: boolean;
}

export interface HunkLine {
  readonly kind: "keep" | "add" | "remove";
  readonly text: string;
}

export type FilePatch =
  | { readonly action: "add"; readonly path: string; readonly lines: readonly string[] }
  | { readonly action: "delete"; readonly path: string }
  | {
      readonly action: "update";
      readonly path: string;
      readonly to: string | null;
      readonly hunks: readonly Hunk[];
    };

export type ParsedPatch =
  | { readonly ok: true; readonly files: readonly FilePatch[] }
  /** In words that let a model correct itself. */
  | { readonly ok: false; readonly message: string };

class Malformed extends Error {}

/** Lines of the patch with a place. */
interface Cursor {
  readonly lines: readonly string[];
  at: number;
}

export function parsePatch(text: string): ParsedPatch {
  const lines = text.replaceAll("\r\n", "\n").trim().split("\n");
  const cursor: Cursor = { lines: lines.slice(0, -1), at: 1 };
  try {
    if (lines[0]?.trimEnd() !== "*** Begin Patch")
      throw new Malformed("the first line must be `*** Begin Patch`");
    if (lines.at(-1)?.trimEnd() !== "*** End Patch")
      throw new Malformed("the last line must be `*** End Patch`");
    const files: FilePatch[] = [];
    while (cursor.at < cursor.lines.length) files.push(parseFile(cursor));
    if (files.length === 0) throw new Malformed("the patch has no files");
    return { ok: true, files };
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, message: error.message };
    throw error;
  }
}

function parseFile(cursor: Cursor): FilePatch {
  const header = /^\*\*\* (Add|Update|Delete) File: (.+)$/.exec((cursor.lines[cursor.at] ?? "").trimEnd());
  const path = header?.[2]?.trim();
  if (!header || !path) {
    throw bad(cursor, "expected `*** Add File: PATH`, `*** Update File: PATH` or `*** Delete File: PATH`");
  }
  cursor.at += 1;
  if (header[1] === "Delete") return { action: "delete", path };
  if (header[1] === "Add") return { action: "add", path, lines: addedLines(cursor) };
  const to = moveTarget(cursor);
  const hunks = parseHunks(cursor);
  if (hunks.length === 0 && to === null) throw bad(cursor, `\`*** Update File: ${path}\` has no hunks`);
  return { action: "update", path, to, hunks };
}

function addedLines(cursor: Cursor): string[] {
  const lines: string[] = [];
  for (let line = next(cursor); line !== null; line = next(cursor)) {
    if (!line.startsWith("+")) throw bad(cursor, "each line of a new file must begin with `+`");
    lines.push(line.slice(1));
    cursor.at += 1;
  }
  return lines;
}

function moveTarget(cursor: Cursor): string | null {
  const to = /^\*\*\* Move to: (.+)$/.exec((cursor.lines[cursor.at] ?? "").trimEnd())?.[1]?.trim();
  if (to === undefined) return null;
  cursor.at += 1;
  return to;
}

function parseHunks(cursor: Cursor): Hunk[] {
  const hunks: Hunk[] = [];
  while (next(cursor) !== null) hunks.push(parseHunk(cursor, hunks.length === 0));
  return hunks;
}

/** Only the first hunk of a file may come without its `@@`. */
function parseHunk(cursor: Cursor, isFirst: boolean): Hunk {
  const anchors: string[] = [];
  let headers = 0;
  for (let line = next(cursor); line?.startsWith("@@"); line = next(cursor)) {
    const anchor = line.slice(2).trim();
    if (anchor !== "") anchors.push(anchor);
    headers += 1;
    cursor.at += 1;
  }
  if (headers === 0 && !isFirst)
    throw bad(cursor, "expected `@@`, or a line that begins with a space, `+` or `-`");
  const lines = hunkLines(cursor);
  if (lines.length === 0) throw bad(cursor, "a hunk without lines");
  const atEnd = cursor.lines[cursor.at]?.trimEnd() === "*** End of File";
  if (atEnd) cursor.at += 1;
  return { anchors, lines, atEnd };
}

function hunkLines(cursor: Cursor): HunkLine[] {
  const lines: HunkLine[] = [];
  for (let line = next(cursor); line !== null && !line.startsWith("@@"); line = next(cursor)) {
    if (line.trimEnd() === "*** End of File") break;
    const kind = KINDS[line[0] ?? " "];
    if (!kind) throw bad(cursor, "a line of a hunk must begin with a space, `+` or `-`");
    lines.push({ kind, text: line.slice(1) });
    cursor.at += 1;
  }
  return lines;
}

const KINDS: Readonly<Record<string, HunkLine["kind"]>> = { " ": "keep", "+": "add", "-": "remove" };

/** The next line of this file's part; null at the next file or at the end. */
function next(cursor: Cursor): string | null {
  const line = cursor.lines[cursor.at];
  return line === undefined || /^\*\*\* (Add|Update|Delete) File: /.test(line) ? null : line;
}

const bad = (cursor: Cursor, message: string): Malformed =>
  new Malformed(
    `line ${cursor.at + 1} of the patch: ${message}; it is \`${cursor.lines[cursor.at] ?? "*** End Patch"}\``,
  );
