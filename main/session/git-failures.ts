import { GitError } from "#main/git/runner.ts";
import { fail, failureOf } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";

/** Runs work on a worktree: what git or the file system says no to is a failure of it, in words. Surprises still throw. */
export async function withGit<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work();
  } catch (error) {
    const failure = failureOf(error) ?? failureOfTools(error);
    if (failure === null) throw error;
    return fail(failure);
  }
}

function failureOfTools(error: unknown): Failure | null {
  if (error instanceof GitError) {
    return {
      code: "git_failed",
      message: "Git could not do what was asked of it.",
      kept: "Your repository and the session's files are as git left them.",
      hint: "The details have git's own words. Try again when their cause is gone.",
      details: error.message,
    };
  }
  // Node's file operations name the system call that was refused.
  if (error instanceof Error && "syscall" in error) {
    return {
      code: "files_failed",
      message: "The session's files could not be read or written.",
      hint: "Look at the free space and the permissions of the data directory, then try again.",
      details: error.message,
    };
  }
  return null;
}
