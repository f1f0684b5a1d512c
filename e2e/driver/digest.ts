import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";

/**
 * Everything below `folder`, itself included: path to kind, mode, time of change (ns) and what is in it. Links are not
 * followed. Two of these are equal where nobody could tell the folders apart. `skip`: paths that are left out, whole.
 */
export async function digestOf(
  folder: string,
  skip: readonly string[] = [],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = async (relative: string): Promise<void> => {
    if (skip.includes(relative)) return;
    const at = path.join(folder, relative);
    const stats = await lstat(at, { bigint: true });
    const content = stats.isSymbolicLink()
      ? `-> ${await readlink(at)}`
      : stats.isFile()
        ? createHash("sha256")
            .update(await readFile(at))
            .digest("hex")
        : "";
    // The mode holds the kind as well.
    found[relative || "."] = `${stats.mode.toString(8)} ${stats.mtimeNs} ${content}`;
    if (!stats.isDirectory()) return;
    for (const name of (await readdir(at)).toSorted()) await look(path.join(relative, name));
  };
  await look("");
  return found;
}
