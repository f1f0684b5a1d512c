import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs git as a person would, with an identity of its own and nobody's configuration. Gives what it prints, trimmed. */
export async function git(cwd: string, ...args: string[]): Promise<string> {
  const identity = { NAME: "A Person", EMAIL: "person@example.com" };
  const env = {
    PATH: process.env["PATH"],
    HOME: cwd,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: identity.NAME,
    GIT_AUTHOR_EMAIL: identity.EMAIL,
    GIT_COMMITTER_NAME: identity.NAME,
    GIT_COMMITTER_EMAIL: identity.EMAIL,
  };
  const { stdout } = await execute("git", args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout.trim();
}

/** A repository in `folder` with these files in one commit on `main`. */
export async function createRepository(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await git(folder, "init", "-q", "-b", "main");
  await git(folder, "config", "user.name", "A Person");
  await git(folder, "config", "user.email", "person@example.com");
  await git(folder, "add", "-A");
  await git(folder, "commit", "-q", "-m", "First");
  return folder;
}
