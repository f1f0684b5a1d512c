import path from "node:path";

/**
 * A path as a model wrote it, relative to the worktree: models like to give absolute ones. One outside stays absolute,
 * or begins with `..`, and is refused where it is opened.
 */
export function inWorktree(worktree: string, given: string): string {
  const relative = path.isAbsolute(given) ? path.relative(worktree, given) : path.normalize(given);
  if (path.isAbsolute(given) && (relative === ".." || relative.startsWith(`..${path.sep}`))) return given;
  return relative === "." ? "" : relative.replace(/\/+$/, "");
}

/** One word for a shell, whatever is in it. */
export const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
