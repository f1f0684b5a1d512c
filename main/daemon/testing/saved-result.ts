import { once } from "node:events";
import { readdirSync, watch } from "node:fs";
import path from "node:path";
import { daemonFolder } from "../endpoint.ts";

/** Resolves when a daemon of this data directory has written a command's result. */
export async function savedResult(stateDir: string): Promise<void> {
  const folder = path.join(daemonFolder(stateDir), "results");
  const isThere = (): boolean =>
    readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(".result"));
  const watcher = watch(folder, { recursive: true });
  while (!isThere()) await once(watcher, "change");
  watcher.close();
}
