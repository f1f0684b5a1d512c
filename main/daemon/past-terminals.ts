/** Finds the terminals of dead daemons: each daemon saves its own in a folder of `root` named like its sockets. */
import { readdirSync, renameSync, rmSync, rmdirSync, statSync } from "node:fs";
import path from "node:path";
import { type PastTerminal, pastTerminal } from "./past-terminal.ts";
import { readSaved } from "./saved.ts";
import { terminalMarker } from "./terminal.ts";

/** Those that nobody asked for in so long are removed. */
const KEEP_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * A function that takes over those not taken before and gives them by id: at first what is in `own` already, a folder
 * that is this daemon's alone, then also what those left that died meanwhile. `alive`: the
 * names of the folders whose daemons live.
 */
export function pastFinder(
  own: string,
  alive: () => Promise<readonly string[]>,
): () => Promise<Map<string, PastTerminal>> {
  const root = path.dirname(own);
  const startedAt = Date.now();
  /** Those of a newer daemon are for the next of its version: an older one starts no shells again. */
  const isOlder = (tag: string): boolean => bornAt(path.join(root, tag)) <= startedAt;
  let isFirst = true;

  return async () => {
    const others = namesIn(root).filter((name) => name !== path.basename(own));
    const names = new Set(isFirst ? namesIn(own) : []);
    isFirst = false;
    const living = others.length > 0 ? await alive() : [];
    for (const tag of others.filter((name) => !living.includes(name) && isOlder(name))) {
      for (const name of namesIn(path.join(root, tag))) {
        if (moved(path.join(root, tag, name), path.join(own, name))) names.add(name);
      }
      removeEmpty(path.join(root, tag));
    }
    return new Map([...names].flatMap((name) => read(path.join(own, name))));
  };
}

function read(file: string): [string, PastTerminal][] {
  const saved = readSaved(file)?.saved;
  if (saved && file.endsWith(".terminal") && Date.now() - saved.savedAt < KEEP_MS) {
    return [[saved.id, pastTerminal(saved, file, terminalMarker(saved.id))]];
  }
  // Old, half written, or of a version that wrote it differently.
  rmSync(file, { force: true });
  return [];
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
