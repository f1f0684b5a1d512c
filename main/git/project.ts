import { stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";

/** Where a person's repository is. All paths absolute. */
export const projectPlace = z.object({
  /** The folder that the person sees; of a bare repository the repository itself. */
  root: z.string(),
  /** The git directory of that folder: of a linked worktree its own. */
  gitDir: z.string(),
  /** Where objects, refs and configuration are. */
  commonDir: z.string(),
  objectFormat: z.enum(["sha1", "sha256"]),
});
export type ProjectPlace = z.infer<typeof projectPlace>;

/** Fails where the repository was moved or deleted since it was added. */
export async function requireProject(project: ProjectPlace): Promise<Result<void, "project_missing">> {
  for (const place of [path.join(project.commonDir, "objects"), path.join(project.commonDir, "HEAD")]) {
    const found = await stat(place).catch(() => null);
    if (found) continue;
    return fail({
      code: "project_missing",
      message: `The repository ${project.root} is no longer there.`,
      kept: "The session's files, its private repository and its checkpoints.",
      hint: "Move the folder back to this path, or add it again where it is now.",
      details: `not found: ${place}`,
    });
  }
  return ok(undefined);
}

/** The id that stands for "no object" in this repository's format. */
export const zeroId = (project: ProjectPlace): string =>
  "0".repeat(project.objectFormat === "sha256" ? 64 : 40);
