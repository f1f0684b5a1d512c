import { execFile } from "node:child_process";
import { cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { fail, ok, type Result } from "#shared/kernel/failure.ts";

/** The sample's files lie beside this module, and beside the bundle that it becomes part of. */
const FILES = path.join(import.meta.dirname, "sample", "files");

export type SampleFailure = "folder_not_empty" | "git_failed";

/**
 * Makes the sample project in `folder` (created where it is missing): a small shop library under git, with one commit on
 * `main`. A folder with anything in it is left alone.
 */
export async function createSampleProject(folder: string): Promise<Result<void, SampleFailure>> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    return fail({
      code: "folder_not_empty",
      message: `${folder} is not empty, so the sample project was not put there.`,
      kept: "The folder is unchanged.",
      hint: "Name an empty or a new folder.",
    });
  }
  await cp(FILES, folder, { recursive: true });
  for (const args of [
    ["init", "--quiet", "--initial-branch=main"],
    ["add", "--all", "--force"],
    ["commit", "--quiet", "--message=Shop: cart, prices and a small server"],
  ]) {
    const failed = await git(folder, args);
    if (failed !== null) {
      return fail({
        code: "git_failed",
        message: "git could not make the sample project.",
        kept: `Its files are in ${folder}.`,
        hint: "Is git 2.28 or newer installed?",
        details: failed,
      });
    }
  }
  return ok(undefined);
}

/** Nothing of the person's configuration: no hooks, no signing, no templates. */
const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "Oriel",
  GIT_AUTHOR_EMAIL: "sample@oriel.invalid",
  GIT_COMMITTER_NAME: "Oriel",
  GIT_COMMITTER_EMAIL: "sample@oriel.invalid",
};

/** What git said when it failed, else null. */
async function git(folder: string, args: readonly string[]): Promise<string | null> {
  const env = { ...ENVIRONMENT, PATH: process.env["PATH"], SYSTEMROOT: process.env["SYSTEMROOT"] };
  try {
    await promisify(execFile)(
      "git",
      ["-c", "core.hooksPath=/dev/null", "-c", "core.autocrlf=false", ...args],
      { cwd: folder, env },
    );
    return null;
  } catch (error) {
    if (error instanceof Error)
      return "stderr" in error && error.stderr !== "" ? String(error.stderr) : error.message;
    throw error;
  }
}
