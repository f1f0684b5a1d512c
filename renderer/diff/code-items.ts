/** What the diff's view draws: one item a file, the same object for as long as its text is the same. */
import { processFile } from "@pierre/diffs";
import type { CodeViewDiffItem, FileDiffMetadata } from "@pierre/diffs";
import type { ShownFile } from "./shown-files.ts";

interface Kept {
  readonly text: string | null;
  readonly item: CodeViewDiffItem;
}

export type CodeItems = (files: readonly ShownFile[], folded: ReadonlySet<string>) => CodeViewDiffItem[];

let serial = 0;

/**
 * Remembers the items of the call before, so that an update parses and draws again only files that changed: the place
 * that was scrolled to stays where it is.
 */
export function createCodeItems(): CodeItems {
  let kept = new Map<string, Kept>();
  return (files, folded) => {
    const next = new Map(files.map((file) => [file.id, keep(kept.get(file.id), file, folded.has(file.id))]));
    kept = next;
    return [...next.values()].map(({ item }) => item);
  };
}

function keep(before: Kept | undefined, { id, file, text }: ShownFile, collapsed: boolean): Kept {
  const unchanged = before?.text === text;
  if (before && unchanged && before.item.collapsed === collapsed) return before;
  // The view takes up an item again when its version is another one; the worker's cache goes by the key.
  serial += 1;
  const fileDiff = before && unchanged ? before.item.fileDiff : parse(file.path, text, `diff-${serial}`);
  return { text, item: { id, type: "diff", fileDiff, collapsed, version: serial } };
}

function parse(path: string, text: string | null, cacheKey: string): FileDiffMetadata {
  const parsed = text === null ? undefined : processFile(text, { cacheKey, isGitDiff: true });
  return parsed ? { ...parsed, name: path } : { ...EMPTY, name: path, cacheKey };
}

/** A file of which no line is shown: its header only. */
const EMPTY: FileDiffMetadata = {
  name: "",
  type: "change",
  hunks: [],
  splitLineCount: 0,
  unifiedLineCount: 0,
  isPartial: true,
  deletionLines: [],
  additionLines: [],
  deletionCharacterCount: 0,
  additionCharacterCount: 0,
};
