import { fail } from "#shared/kernel/failure.ts";
import type { GitError } from "./runner.ts";

/** The failure where the base's files are not all in the repository, as in a partial clone; null for other errors. */
export function explainMissingObjects(error: GitError) {
  const missing =
    /unable to read (sha1 file|tree)|missing blob|unable to find|failed to unpack tree object|bad object|missing object|cannot read object/i;
  if (!missing.test(error.stderr)) return null;
  return fail({
    code: "objects_missing",
    message: "The repository does not hold all files of the commit to start from.",
    kept: "The repository is as it was.",
    hint: "In a partial clone, check the branch out once (`git checkout`), which fetches its files; otherwise `git fsck` says what is damaged.",
    details: error.stderr,
  } as const);
}
