/** Compares what a screen told with what there was to tell. */
import { isNotice } from "./program.ts";

/** How `told` is not the beginning of `truth`, or null. Its last line may be cut. */
export function unlike(told: readonly string[], truth: readonly string[]): string | null {
  const last = told.length - 1;
  const at = told.findIndex((line, index) =>
    index === last ? truth[index]?.startsWith(line) !== true : truth[index] !== line,
  );
  return at === -1 ? null : `line ${at + 1} is "${told[at]}" where "${truth[at]}" belongs`;
}

export interface Restored {
  /** What a dead daemon left, and the lines that say so. */
  readonly past: readonly string[];
  readonly problems: readonly string[];
}

/** The part of `told` before `begin`, after a daemon died that had told `before` and had saved `kept` of it. */
export function restored(
  told: readonly string[],
  begin: string,
  { before, kept }: { before: readonly string[]; kept: readonly string[] },
): Restored {
  const end = told.findIndex((line) => line.startsWith(begin));
  const past = told.slice(0, end === -1 ? told.length : end);
  const old = withoutNotices(past);
  const wrong = unlike(old, before);
  return {
    past,
    problems: [
      ...(wrong === null ? [] : [`of what came back, ${wrong}`]),
      ...(past.length === old.length ? ["no line says that the daemon ended"] : []),
      ...(old.length < withoutNotices(kept).length
        ? [`${kept.length} lines were saved, ${old.length} came back`]
        : []),
    ],
  };
}

/** Without those at its end: a second daemon may have died before it saved the first one's. */
function withoutNotices(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => !isNotice(line)) + 1);
}

/** A line that a program read: which run of it, and the line's number. */
export interface ReadLine {
  readonly run: string;
  readonly number: number;
}

/** What is not as typed in the lines that the programs read: `reads` in the order in which they read them. */
export function misread(
  reads: readonly ReadLine[],
  { confirmed, unsafe }: { confirmed: number; unsafe: ReadonlySet<number> },
): { readonly lost: readonly number[]; readonly problems: readonly string[] } {
  const wrong = reads.filter(({ number }, index) => number <= (reads[index - 1]?.number ?? 0));
  const read = new Set(reads.map(({ number }) => number));
  const lost = Array.from({ length: confirmed }, (_, index) => index + 1).filter(
    (number) => !read.has(number),
  );
  const name = (line: ReadLine | undefined): string => (line ? `${line.number} by ${line.run}` : "nothing");
  const between = (number: number): string =>
    `before it was read ${name(reads.findLast((line) => line.number < number))}, after it ${name(reads.find((line) => line.number > number))}`;
  return {
    lost,
    problems: [
      ...wrong.map((line) => `line ${name(line)} was read twice, or too late`),
      ...lost
        .filter((number) => !unsafe.has(number))
        .map((number) => `line ${number} was typed and never read: ${between(number)}`),
    ],
  };
}
