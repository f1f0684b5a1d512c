import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { named } from "./failures.ts";
import { holdFile } from "./file-lock.ts";
import { makeFolder } from "./folders.ts";

/**
 * Makes this process the one host of a data directory, until the lock is disposed of or the process ends. `dir` is its
 * `state/` folder. Throws a FailureError `not_writable` or `disk_full` where the lock can't be made at all.
 */
export function acquireDataDirLock(dir: string): Result<Disposable, "already_held"> {
  try {
    makeFolder(dir);
    const lock = holdFile(path.join(dir, "lock.db"));
    if (lock !== null) return ok(lock);
  } catch (error) {
    throw named(error, dir);
  }
  return fail({
    code: "already_held",
    message: "Another Oriel is running with this data directory.",
    hint: "Use that one, or choose another data directory with --data-dir.",
  });
}
