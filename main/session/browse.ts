import { readdir, stat } from "node:fs/promises";
import type { Dirent } from "node:fs";
import path from "node:path";

const MAX_ENTRIES = 500;

export interface Browsed {
  /** Absolute: the folder that is listed. */
  folder: string;
  parent: string | null;
  repository: boolean;
  entries: { name: string; path: string; repository: boolean }[];
}

/**
 * The folders in a folder. A `typed` path that exists is listed; of any other the part that exists is, narrowed to what
 * goes on as typed. `~` is `home`, and so is the start of a relative path. Never throws: what can't be read is empty.
 */
export async function browse(typed: string, home: string): Promise<Browsed> {
  const wanted = path.resolve(home, expandHome(typed.trim(), home));
  const { folder, beginning } = await nearestFolder(wanted);
  const parent = path.dirname(folder);
  const names = (await folderNames(folder))
    // Git takes it for a repository, and nobody works in it.
    .filter((name) => name !== ".git" && startsWith(name, beginning))
    .toSorted(hiddenLast);
  return {
    folder,
    parent: parent === folder ? null : parent,
    repository: await isRepository(folder),
    entries: await Promise.all(
      names.slice(0, MAX_ENTRIES).map(async (name) => {
        const whole = path.join(folder, name);
        return { name, path: whole, repository: await isRepository(whole) };
      }),
    ),
  };
}

const expandHome = (typed: string, home: string): string =>
  typed === "~" || typed.startsWith("~/") || typed.startsWith(`~${path.sep}`)
    ? path.join(home, typed.slice(1))
    : typed;

/** The folder that is there of a path, and the beginning of a name in it that comes next. */
async function nearestFolder(wanted: string): Promise<{ folder: string; beginning: string }> {
  let beginning = "";
  for (let folder = wanted; ; folder = path.dirname(folder)) {
    if (await isFolder(folder)) return { folder, beginning };
    if (path.dirname(folder) === folder) return { folder, beginning };
    beginning = path.basename(folder);
  }
}

const isFolder = (name: string): Promise<boolean> =>
  stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Names of the folders in `folder`, symlinks to folders included. */
async function folderNames(folder: string): Promise<string[]> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const kept = await Promise.all(
    entries.map(async (entry) => {
      const linked = entry.isSymbolicLink() && (await isFolder(path.join(folder, entry.name)));
      return entry.isDirectory() || linked ? [entry.name] : [];
    }),
  );
  return kept.flat();
}

/** A checkout (`.git` is a file in a worktree or submodule), or a bare repository. */
async function isRepository(folder: string): Promise<boolean> {
  const there = (name: string): Promise<boolean> =>
    stat(path.join(folder, name)).then(
      () => true,
      () => false,
    );
  if (await there(".git")) return true;
  return (
    (await there("HEAD")) &&
    (await isFolder(path.join(folder, "objects"))) &&
    isFolder(path.join(folder, "refs"))
  );
}

const startsWith = (name: string, beginning: string): boolean =>
  name.toLocaleLowerCase().startsWith(beginning.toLocaleLowerCase());

const { compare } = new Intl.Collator(undefined, { numeric: true });

const hiddenLast = (left: string, right: string): number =>
  Number(left.startsWith(".")) - Number(right.startsWith(".")) || compare(left, right);
