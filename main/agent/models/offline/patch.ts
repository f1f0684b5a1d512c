/** Writes patches in the format of `apply_patch`. */

export interface FileEdit {
  readonly path: string;
  /** The file's lines now; null where there is no such file. */
  readonly before: string | null;
  readonly after: string;
}

/** One patch for all edits. Edits that change nothing are left out; null when nothing is left. */
export function patchFor(edits: readonly FileEdit[]): string | null {
  const sections = edits.flatMap((edit) => {
    if (edit.before === null)
      return [`*** Add File: ${edit.path}`, ...linesOf(edit.after).map((line) => `+${line}`)];
    const hunks = hunksBetween(linesOf(edit.before), linesOf(edit.after));
    return hunks.length === 0 ? [] : [`*** Update File: ${edit.path}`, ...hunks];
  });
  return sections.length === 0 ? null : ["*** Begin Patch", ...sections, "*** End Patch", ""].join("\n");
}

/** Lines without the end of the last one: `read_file` shows none either. */
export const linesOf = (text: string): readonly string[] => text.replace(/\n$/, "").split("\n");

export const sameText = (a: string, b: string): boolean => a.replace(/\n$/, "") === b.replace(/\n$/, "");

interface Change {
  /** Lines `from` up to, without, `to` of the old file become `lines`. */
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

const CONTEXT = 3;

function hunksBetween(before: readonly string[], after: readonly string[]): string[] {
  let searchFrom = 0;
  return groupNear(changesBetween(before, after)).flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (!first || !last) return [];
    const end = Math.min(before.length, last.to + CONTEXT);
    const start = uniqueStart(before, Math.max(searchFrom, first.from - CONTEXT), end, searchFrom);
    searchFrom = end;
    return ["@@", ...hunkLines(before, group, start, end)];
  });
}

function hunkLines(
  before: readonly string[],
  group: readonly Change[],
  start: number,
  end: number,
): string[] {
  const lines: string[] = [];
  let at = start;
  for (const change of group) {
    lines.push(...before.slice(at, change.from).map((line) => ` ${line}`));
    lines.push(...before.slice(change.from, change.to).map((line) => `-${line}`));
    lines.push(...change.lines.map((line) => `+${line}`));
    at = change.to;
  }
  return [...lines, ...before.slice(at, end).map((line) => ` ${line}`)];
}

/** A hunk is found by its old lines: takes in lines before it until nothing earlier looks the same. */
function uniqueStart(before: readonly string[], start: number, end: number, searchFrom: number): number {
  let from = start;
  while (from > searchFrom && occursBefore(before, from, end, searchFrom)) from--;
  return from;
}

function occursBefore(lines: readonly string[], start: number, end: number, searchFrom: number): boolean {
  for (let at = searchFrom; at < start; at++) {
    if (lines.slice(start, end).every((line, offset) => lines[at + offset] === line)) return true;
  }
  return false;
}

/** Changes whose context would overlap, together. */
function groupNear(changes: readonly Change[]): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last && change.from - last.to <= 2 * CONTEXT) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** The differing runs of lines, by the longest common subsequence of what lies between the equal head and tail. */
function changesBetween(before: readonly string[], after: readonly string[]): Change[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  const kept = commonLines(old, now);
  const changes: Change[] = [];
  let [from, at] = [0, 0];
  for (const pair of [...kept, { old: old.length, now: now.length }]) {
    if (pair.old > from || pair.now > at)
      changes.push({ from: head + from, to: head + pair.old, lines: now.slice(at, pair.now) });
    [from, at] = [pair.old + 1, pair.now + 1];
  }
  return changes;
}

function commonLines(old: readonly string[], now: readonly string[]): { old: number; now: number }[] {
  const width = now.length + 1;
  const lengths = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        old[i] === now[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
    }
  }
  const pairs: { old: number; now: number }[] = [];
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (old[i] === now[j]) pairs.push({ old: i++, now: j++ });
    else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
