import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";

/** Makes a folder that only its owner may enter, on disk as well: after a power cut it is still there. */
export function makeFolder(folder: string): void {
  const target = path.resolve(folder);
  const first = mkdirSync(target, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  // Each new folder is a name in its parent, and it is the parent that has to be synced.
  for (let made = target; made.length >= first.length; made = path.dirname(made)) {
    syncNames(path.dirname(made));
  }
}

/** Windows can't open a folder; NTFS keeps its names in a journal of its own. */
const CAN_SYNC = process.platform !== "win32";

function syncNames(folder: string): void {
  if (!CAN_SYNC) return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Resolves when the names in a folder, as they are now, are on disk. */
export async function syncFolder(folder: string): Promise<void> {
  if (!CAN_SYNC) return;
  await using handle = await open(folder, "r");
  await handle.sync();
}
