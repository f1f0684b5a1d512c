/** Finds what dead daemons saved: each saves its own in a folder that is named like its sockets, beside those of others. */
import { readdirSync, renameSync, rmSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";

/** What a file of a dead daemon has. */
export interface Past {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
}

/** Those that nobody asked for in so long are removed. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A function that takes over the files not taken before and gives what they have by id: at first what is in `own` at the time
 * of this call, a folder that is this daemon's alone, then also what those left that died meanwhile. `alive`: the names of the
 * folders whose daemons live. `read`: null for what is half written, or written differently; throws where the disk does, and
 * the file is looked at again the next time.
 */
export function pastFinder<Found extends Past>(
  own: string,
  alive: () => Promise<readonly string[]>,
  read: (file: string) => Found | null,
): () => Promise<Map<string, Found>> {
  const root = path.dirname(own);
  const startedAt = Date.now();
  /** Those of a newer daemon are for the next of its version: an older one starts no shells again. */
  const isOlder = (tag: string): boolean => bornAt(path.join(root, tag)) <= startedAt;
  const due = new Set(namesIn(own));
  const take = (name: string): [string, Found][] => {
    const file = path.join(own, name);
    try {
      const found = read(file);
      due.delete(name);
      if (found && !file.endsWith(".new") && Date.now() - found.savedAt < KEEP_MS) return [[found.id, found]];
      rmSync(file, { force: true });
    } catch {
      // Nothing is known of it, so it stays.
    }
    return [];
  };

  return async () => {
    const others = namesIn(root).filter((name) => name !== path.basename(own));
    const living = others.length > 0 ? await alive() : [];
    for (const tag of others.filter((name) => !living.includes(name) && isOlder(name))) {
      for (const name of namesIn(path.join(root, tag))) {
        if (moved(path.join(root, tag, name), path.join(own, name))) due.add(name);
      }
      removeEmpty(path.join(root, tag));
    }
    return new Map([...due].flatMap(take));
  };
}

/**
 * Brings what `find` gives into `past`, but for what is `known`: those are alive. All who ask at once wait for the same look:
 * each file is found once.
 */
export function pastLook<Found extends Past>(
  find: () => Promise<ReadonlyMap<string, Found>>,
  past: Map<string, Found>,
  known: (id: string) => boolean,
): () => Promise<void> {
  let looking: Promise<void> | null = null;
  const look = async (): Promise<void> => {
    for (const [id, found] of await find()) if (!known(id)) past.set(id, found);
  };
  return () => (looking ??= look().finally(() => (looking = null)));
}

/** Milliseconds since the epoch; 0 where the file system does not know, or there is no such folder. */
const bornAt = (folder: string): number => statSync(folder, { throwIfNoEntry: false })?.birthtimeMs ?? 0;

/** None where there is no such folder: another daemon may have removed it just now. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Where another daemon was faster, or something is left, that is so the next time too. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Nobody waits for it.
  }
}

/** False where another daemon was faster. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
