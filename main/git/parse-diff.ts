import type { DiffFile } from "#shared/git/diff.ts";

const STATUS: Readonly<Record<string, DiffFile["status"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  R: "renamed",
  C: "copied",
  T: "type_changed",
};

/**
 * Pure: parses what `git diff-index` and `git diff-tree` print with `--raw --numstat -z`: first a raw entry for each
 * file, `:mode mode id id status`, then its path, or two of a rename; then, in the same order, `added\tremoved\tpath`,
 * or `added\tremoved\t` and two paths. Binary files count `-`.
 */
export function parseDiff(output: Buffer): DiffFile[] {
  const fields = output.toString("utf8").split("\0");
  const raw: Pick<DiffFile, "path" | "oldPath" | "status">[] = [];
  let at = 0;
  const next = () => fields[at++] ?? "";
  while (fields[at]?.startsWith(":")) {
    const letter = next().split(" ")[4]?.[0] ?? "";
    const status = STATUS[letter] ?? "modified";
    const first = next();
    raw.push(
      status === "renamed" || status === "copied"
        ? { oldPath: first, path: next(), status }
        : { path: first, status },
    );
  }
  return raw.map((file) => {
    const [added = "", removed = "", name = ""] = next().split("\t");
    if (name === "") at += 2;
    const binary = added === "-";
    return { ...file, added: binary ? 0 : Number(added), removed: binary ? 0 : Number(removed), binary };
  });
}

/** Pure: the sum over files. */
export const totalOf = (files: readonly DiffFile[]) => ({
  files: files.length,
  added: files.reduce((sum, file) => sum + file.added, 0),
  removed: files.reduce((sum, file) => sum + file.removed, 0),
});
