import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { createSampleProject } from "#main/agent/models/offline/sample.ts";
import { newId } from "#shared/kernel/ids.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";

/** The folder of the demo's sample project, below the data directory. */
export const sampleFolder = (root: string): string => path.join(root, "demo", "sample");

/** Gives the sample project's folder; makes it first where it is missing, whole or not at all. */
export async function ensureSample(root: string): Promise<Result<string>> {
  const folder = sampleFolder(root);
  if (await isThere(folder)) return ok(folder);
  const fresh = path.join(root, "demo", newId("new"));
  await mkdir(path.dirname(folder), { recursive: true });
  const made = await createSampleProject(fresh);
  // Two may do this at once: a folder that has something in it can't be renamed over.
  const moved =
    made.ok &&
    (await rename(fresh, folder).then(
      () => true,
      () => false,
    ));
  if (!moved) await rm(fresh, { recursive: true, force: true });
  return made.ok ? ok(folder) : made;
}

const isThere = (name: string): Promise<boolean> =>
  stat(name).then(
    () => true,
    () => false,
  );
