/** Joins what the host says of each file with its piece of the patch. */
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { DiffFile, Patch, SessionDiff } from "#shared/git/diff.ts";
import { splitPatch } from "./split-patch.ts";

export interface ShownFile {
  /** The path, with a number behind it where a path has a second piece. */
  readonly id: string;
  readonly file: DiffFile;
  /** Its piece of the patch; null where the patch was cut before it. */
  readonly text: string | null;
  /** Why there are no lines, or not all of them, in words. */
  readonly note: string | null;
}

export function shownFiles(diff: SessionDiff, patch: Patch | null): ShownFile[] {
  const texts = new Map<string, string[]>();
  const sections = patch ? splitPatch(patch.text) : [];
  for (const { path, text } of sections) texts.set(path, [...(texts.get(path) ?? []), text]);
  // The patch is cut after a whole line: its last file may have lost the rest.
  const cut = patch?.truncated ? sections.at(-1)?.text : undefined;
  return diff.files.flatMap((file) =>
    (texts.get(file.path) ?? [null]).map((text, index) => ({
      id: index === 0 ? file.path : `${file.path}#${index + 1}`,
      file,
      text: text === null ? null : withShortLines(text),
      note: noteOf(file, text, text !== null && text === cut),
    })),
  );
}

/** A browser that lays out a line of a megabyte (of a bundle, of data) does nothing else for seconds. */
const LINE_LENGTH = 2000;
const LONG_LINE = new RegExp(`^([^\\n]{${LINE_LENGTH}})([^\\n]+)$`, "gmu");

const withShortLines = (text: string): string =>
  text.length <= LINE_LENGTH
    ? text
    : text.replace(LONG_LINE, (_, start: string, rest: string) => `${start}… and ${rest.length} more`);

function noteOf(file: DiffFile, text: string | null, cut: boolean): string | null {
  if (file.binary) return "Binary file: it has no lines to show.";
  if (text === null) return "Not shown: the whole diff is too long to load at once.";
  if (cut) return "Only its beginning is shown: the whole diff is too long to load at once.";
  if (/^@@ /m.test(text)) return text.search(LONG_LINE) === -1 ? null : "Its long lines are cut.";
  return file.status === "renamed" || file.status === "copied" ? "Same content as before." : emptyNote(text);
}

function emptyNote(text: string): string {
  return /^(?:old|new) mode /m.test(text) ? "Only its permissions changed." : "An empty file.";
}

/** The letter that git has for it, and the word that everybody has. */
export function statusWords(status: DiffFile["status"]): { readonly letter: string; readonly word: string } {
  switch (status) {
    case "added":
      return { letter: "A", word: "Added" };
    case "modified":
      return { letter: "M", word: "Modified" };
    case "deleted":
      return { letter: "D", word: "Deleted" };
    case "renamed":
      return { letter: "R", word: "Renamed" };
    case "copied":
      return { letter: "C", word: "Copied" };
    case "type_changed":
      return { letter: "T", word: "Type changed" };
    default:
      return assertNever(status);
  }
}
