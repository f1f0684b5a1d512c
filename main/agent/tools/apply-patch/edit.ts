/** One file's hunks applied to its text. Pure. */
import type { Hunk } from "./parse.ts";

export type Edited =
  | { readonly ok: true; readonly text: string; readonly added: number; readonly removed: number }
  | { readonly ok: false; readonly message: string };

/** A text as lines without their ends, and what its ends are. */
interface Lines {
  readonly lines: string[];
  /** What new lines get at their end: a CR where most lines of the file have one. */
  readonly cr: string;
  readonly bom: string;
  readonly endsWithNewline: boolean;
}

/** The text after all `hunks`, each found behind the one before it. Lines that are kept stay byte for byte. */
export function applyHunks(text: string, hunks: readonly Hunk[]): Edited {
  const file = splitLines(text);
  const result: string[] = [];
  let from = 0;
  let added = 0;
  let removed = 0;
  for (const [number, hunk] of hunks.entries()) {
    const old = hunk.lines.filter((line) => line.kind !== "add").map((line) => line.text);
    const found = locate(file.lines, old, hunk, from);
    if (typeof found === "string") return { ok: false, message: `hunk ${number + 1}: ${found}` };
    result.push(...file.lines.slice(from, found));
    let at = found;
    for (const line of hunk.lines) {
      if (line.kind === "add") result.push(line.text + file.cr);
      else if (line.kind === "keep") result.push(file.lines[at++] ?? "");
      else at += 1;
    }
    added += hunk.lines.filter((line) => line.kind === "add").length;
    removed += hunk.lines.filter((line) => line.kind === "remove").length;
    from = at;
  }
  result.push(...file.lines.slice(from));
  const end = result.length > 0 && (file.endsWithNewline || file.lines.length === 0) ? "\n" : "";
  return { ok: true, text: file.bom + result.join("\n") + end, added, removed };
}

function splitLines(text: string): Lines {
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const body = text.slice(bom.length);
  const endsWithNewline = body.endsWith("\n");
  const lines = body === "" ? [] : (endsWithNewline ? body.slice(0, -1) : body).split("\n");
  const withCr = lines.filter((line) => line.endsWith("\r")).length;
  return { lines, cr: withCr * 2 > lines.length ? "\r" : "", bom, endsWithNewline };
}

/** Where the hunk's old lines begin, or why they are not there. */
function locate(lines: readonly string[], old: readonly string[], hunk: Hunk, from: number): number | string {
  let start = from;
  for (const anchor of hunk.anchors) {
    const at = lines.findIndex((line, index) => index >= start && line.trim() === anchor);
    if (at < 0) return `no line \`${anchor}\` after line ${start} (from \`@@\`)`;
    start = at + 1;
  }
  if (old.length === 0) return hunk.anchors.length > 0 ? start : lines.length;
  // An anchor may also be the first of the old lines, repeated.
  const begin = hunk.anchors.length > 0 ? Math.max(from, start - 1) : start;
  for (const same of [exactly, exceptTrailingSpace]) {
    const at = seek(lines, old, hunk.atEnd, begin, same);
    if (at >= 0) return at;
  }
  return notFound(lines, old, begin, hunk.atEnd);
}

type Same = (line: string, wanted: string) => boolean;
const exactly: Same = (line, wanted) => line === wanted;
const exceptTrailingSpace: Same = (line, wanted) => line.trimEnd() === wanted.trimEnd();

function seek(
  lines: readonly string[],
  old: readonly string[],
  atEnd: boolean,
  begin: number,
  same: Same,
): number {
  const last = lines.length - old.length;
  for (let at = atEnd ? Math.max(begin, last) : begin; at <= last; at += 1) {
    if (old.every((wanted, offset) => same(lines[at + offset] ?? "", wanted))) return at;
  }
  return -1;
}

/** Says where it came nearest, so that the model sees which line it has wrong. */
function notFound(lines: readonly string[], old: readonly string[], begin: number, atEnd: boolean): string {
  let best = { at: 0, count: 0 };
  for (let at = begin; at < lines.length; at += 1) {
    const differs = old.findIndex(
      (wanted, offset) => !exceptTrailingSpace(lines[at + offset] ?? "\0", wanted),
    );
    const count = differs < 0 ? old.length : differs;
    if (count > best.count) best = { at, count };
  }
  if (best.count === old.length) return `its lines are at line ${best.at + 1}, not at the end of the file`;
  const where = atEnd ? "at the end of the file" : `after line ${begin}`;
  const wanted = old[best.count] ?? "";
  const line = lines[best.at + best.count];
  const has = line === undefined ? "ends there" : `has \`${line.trimEnd()}\``;
  const near =
    best.count === 0
      ? `its first line \`${wanted}\` is not in the file ${where}`
      : `its first ${best.count} lines match at line ${best.at + 1}, then the patch has \`${wanted}\` where the file ${has} (line ${best.at + best.count + 1})`;
  return `${near}. Read the file again and send a new patch`;
}
