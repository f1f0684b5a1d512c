import { z } from "zod";

/** One file that differs between two states. */
export const diffFile = z.object({
  path: z.string(),
  /** Where it was, of a rename or a copy. */
  oldPath: z.string().optional(),
  status: z.enum(["added", "modified", "deleted", "renamed", "copied", "type_changed"]),
  /** Lines; 0 and 0 where it is binary. */
  added: z.number().int(),
  removed: z.number().int(),
  binary: z.boolean(),
});
export type DiffFile = z.infer<typeof diffFile>;

/** How much differs: whole files and lines. */
export const changeSize = z.object({
  files: z.number().int(),
  added: z.number().int(),
  removed: z.number().int(),
});
export type ChangeSize = z.infer<typeof changeSize>;

/** What differs: the first files by path, and the sum over all. */
export const changedFiles = z.object({ files: z.array(diffFile), total: changeSize });
export type ChangedFiles = z.infer<typeof changedFiles>;

/** What a session changed against the commit that it started from, untracked files included. */
export const sessionDiff = z.object({
  /** The commit that it is compared with. */
  base: z.string(),
  /** In the order of git: by path. */
  files: z.array(diffFile),
  total: changeSize,
  /** Untracked folders that are repositories of their own: kept, but not part of the branch. */
  nested: z.array(z.string()),
  /** Files that git could not read, or whose names it does not allow. */
  skipped: z.array(z.string()),
});
export type SessionDiff = z.infer<typeof sessionDiff>;

/** The text of a diff, in git's unified format. */
export const patch = z.object({
  text: z.string(),
  /** Whether it was longer than what was asked for, and cut after a whole line. */
  truncated: z.boolean(),
});
export type Patch = z.infer<typeof patch>;
