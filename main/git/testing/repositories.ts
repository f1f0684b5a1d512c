import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readdir, readFile, readlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import { createSession } from "../create.ts";
import { inspectProject } from "../inspect.ts";
import type { ProjectFacts } from "../inspect.ts";
import type { SessionGit } from "../session-git.ts";

const run = promisify(execFile);

/** Git as a person or an agent runs it in `folder`: nothing is hardened, hooks and filters run. Returns its output. */
export async function gitIn(folder: string, ...args: string[]): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  const env = { ...Object.fromEntries(inherited), GIT_CONFIG_NOSYSTEM: "1", GIT_EDITOR: "true", LC_ALL: "C" };
  const { stdout } = await run("git", ["-c", "protocol.file.allow=always", ...args], {
    cwd: folder,
    env,
    maxBuffer: 1 << 28,
  });
  return stdout.replace(/\n$/, "");
}

/** Writes files, with the folders that they need. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

/** A new repository with a branch `main`, a person, and one commit of `files`. */
export async function makeRepository(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>> = { "a.txt": "one\ntwo\nthree\n" },
  init: readonly string[] = [],
): Promise<string> {
  await mkdir(folder, { recursive: true });
  await gitIn(folder, "init", "-q", "-b", "main", ...init);
  await gitIn(folder, "config", "user.name", "Ada");
  await gitIn(folder, "config", "user.email", "ada@example.org");
  await writeFiles(folder, files);
  await commitAll(folder, "start");
  return folder;
}

export async function commitAll(folder: string, message: string): Promise<string> {
  await gitIn(folder, "add", "-A");
  await gitIn(folder, "commit", "-q", "--allow-empty", "-m", message);
  return gitIn(folder, "rev-parse", "HEAD");
}

export interface Bench extends AsyncDisposable {
  readonly path: string;
  readonly dataDir: string;
  readonly project: ProjectFacts;
  readonly session: SessionGit;
  /** Another session of the same project. */
  newSession(session: string, slug?: string): Promise<SessionGit>;
}

/** A project with one session in a temporary folder. */
export async function makeBench(
  files?: Readonly<Record<string, string | Uint8Array>>,
  init?: readonly string[],
): Promise<Bench> {
  const dir = await tempDir();
  try {
    const project = valueOf(
      await inspectProject(await makeRepository(path.join(dir.path, "project"), files, init)),
    );
    const dataDir = path.join(dir.path, "data");
    const newSession = async (session: string, slug = "add-tests") =>
      valueOf(await createSession({ dataDir, project, session, slug }));
    const session = await newSession("ses_one");
    return {
      path: dir.path,
      dataDir,
      project,
      session,
      newSession,
      [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
    };
  } catch (error) {
    await dir[Symbol.asyncDispose]();
    throw error;
  }
}

export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code}: ${result.failure.message}\n${result.failure.details ?? ""}`);
}

export function failureOf(
  result: { readonly ok: true } | { readonly ok: false; readonly failure: Failure },
): Failure {
  if (result.ok) throw new Error("this succeeded");
  return result.failure;
}

/** A program that leaves a trace when anybody runs it. */
export async function makeCanary(
  folder: string,
): Promise<{ readonly script: string; readonly sang: () => Promise<boolean> }> {
  const trace = path.join(folder, "canary-sang");
  const script = path.join(folder, "canary.sh");
  await writeFile(script, `#!/bin/sh\necho "$0 $@" >> '${trace}'\ncat\n`);
  await chmod(script, 0o755);
  return { script, sang: async () => (await lstat(trace).catch(() => null)) !== null };
}

/** Everything below `folder`: path to kind, mode, time of change and content's hash. To compare before with after. */
export async function fingerprint(
  folder: string,
  skip: readonly string[] = [],
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const walk = async (below: string): Promise<void> => {
    for (const name of (await readdir(path.join(folder, below))).toSorted()) {
      const relative = path.join(below, name);
      if (skip.includes(relative)) continue;
      const at = path.join(folder, relative);
      const stats = await lstat(at);
      const content = stats.isSymbolicLink()
        ? await readlink(at)
        : stats.isFile()
          ? hash(await readFile(at))
          : "";
      found[relative] = `${stats.mode.toString(8)} ${stats.isDirectory() ? "" : stats.mtimeMs} ${content}`;
      if (stats.isDirectory()) await walk(relative);
    }
  };
  await walk("");
  return found;
}

const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
