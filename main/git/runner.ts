/**
 * The one place that starts git. Every call is hardened: no shell, a scrubbed environment, an explicit repository
 * (so that nothing on disk can redirect discovery), and configuration that wins over whatever a repository says, so
 * that git starts no program but itself and talks to no network.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { FailureError } from "#shared/kernel/failure.ts";

export interface GitCall {
  /** The git directory, absolute; null looks for it from `cwd`, for the callers whose question that is. */
  readonly repository: string | null;
  readonly workTree?: string;
  readonly indexFile?: string;
  /** Object directories to read besides the repository's own. */
  readonly alsoRead?: readonly string[];
  readonly cwd?: string;
  /** `person` reads the person's own global and system configuration too; `none`, the default, does not. */
  readonly config?: "person" | "none";
  /** Configuration that wins over all files, by full key: `filter.lfs.clean`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Written to stdin, or a file descriptor to read it from. */
  readonly input?: string | Uint8Array | { readonly fd: number };
  /** A file descriptor that takes stdout instead of memory. */
  readonly outputFd?: number;
  /** Exit codes that the caller knows what to do with. Any other throws a `GitError`. Default: 0 alone. */
  readonly exits?: readonly number[];
  readonly signal?: AbortSignal;
  /** After this git and what it started are killed, and the call throws. Hostile input can make git wait for ever. */
  readonly timeoutMs?: number;
  /** Most bytes of stdout to keep; with more the output is cut and `truncated` is set. */
  readonly maxBytes?: number;
}

export interface GitOutput {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Git ended in a way that its caller did not expect. */
export class GitError extends Error {
  override readonly name = "GitError";
  readonly args: readonly string[];
  readonly exit: number | null;
  readonly stderr: string;
  constructor(args: readonly string[], exit: number | null, stderr: string, why: string) {
    super(`git ${args.join(" ")}: ${why}${stderr === "" ? "" : `\n${stderr}`}`);
    this.args = args;
    this.exit = exit;
    this.stderr = stderr;
  }
}

const TEN_MINUTES = 600_000;
const MOST_OUTPUT = 256 * 1024 * 1024;
const MOST_STDERR = 64 * 1024;

/** What a repository's own configuration could start or reach, switched off. */
const HARDENED: Readonly<Record<string, string>> = {
  "core.hooksPath": devNull,
  "core.fsmonitor": "false",
  "core.sshCommand": "false",
  "core.gitProxy": "false",
  "core.askPass": "false",
  "core.alternateRefsCommand": "false",
  "core.pager": "cat",
  "core.editor": "false",
  "core.untrackedCache": "false",
  "core.splitIndex": "false",
  "index.sparse": "false",
  "commit.gpgSign": "false",
  "tag.gpgSign": "false",
  "log.showSignature": "false",
  "gpg.program": "false",
  "credential.helper": "",
  // `dirty` keeps git from running `git status` inside a nested repository, with that repository's configuration.
  "diff.ignoreSubmodules": "dirty",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "false",
  "protocol.allow": "never",
  "protocol.file.allow": "never",
  "gc.auto": "0",
  "maintenance.auto": "false",
};

/** Runs `git ARGS`. Throws a `GitError` on an exit that was not declared, and the signal's reason on abort. */
export async function git(args: readonly string[], call: GitCall): Promise<GitOutput> {
  call.signal?.throwIfAborted();
  const input = call.input;
  const child = spawn("git", [...args], {
    cwd: folderOf(call),
    env: environment(call),
    stdio: [
      typeof input === "object" && "fd" in input ? input.fd : input === undefined ? "ignore" : "pipe",
      call.outputFd ?? "pipe",
      "pipe",
    ],
    // Its own process group, so that a kill also ends what git started.
    detached: true,
  });
  if (child.stdin && input !== undefined && !(typeof input === "object" && "fd" in input)) {
    // Git may end without reading everything; its exit code says what that means.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  }
  return collect(child, args, call);
}

/** The output as text, without the newline that ends it. */
export const text = (output: GitOutput): string => output.stdout.toString("utf8").replace(/\n$/, "");

/** Runs git and returns its output as text. */
export const gitText = async (args: readonly string[], call: GitCall): Promise<string> =>
  text(await git(args, call));

async function collect(child: ChildProcess, args: readonly string[], call: GitCall): Promise<GitOutput> {
  const stdout = gather(child.stdout, call.maxBytes ?? MOST_OUTPUT);
  const stderr = gather(child.stderr, MOST_STDERR);
  const kill = () => {
    // The group may be gone already, and an unsettled pid means that nothing was started.
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        child.kill("SIGKILL");
      }
    }
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, call.timeoutMs ?? TEN_MINUTES);
  call.signal?.addEventListener("abort", kill, { once: true });
  stdout.onFull(kill);
  try {
    const exit = await ended(child, args, call);
    call.signal?.throwIfAborted();
    const errors = stderr.bytes().toString("utf8").trim();
    if (timedOut) throw new GitError(args, null, errors, "did not end in time");
    const truncated = stdout.full();
    if (!truncated && (exit === null || !(call.exits ?? [0]).includes(exit)))
      throw new GitError(args, exit, errors, exit === null ? "was killed" : `exit ${exit}`);
    return { exit: exit ?? 0, stdout: stdout.bytes(), stderr: errors, truncated };
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener("abort", kill);
  }
}

function ended(child: ChildProcess, args: readonly string[], call: GitCall): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("close", (code) => resolve(code));
    child.on("error", (error: NodeJS.ErrnoException) => {
      // A working folder that is gone gives the same ENOENT as a git that is not there.
      const missing = error.code === "ENOENT" && existsSync(folderOf(call));
      reject(missing ? gitMissing(error) : new GitError(args, null, error.message, "could not be started"));
    });
  });
}

/** The top of the worktree where there is one: git takes its paths from where it stands. */
const folderOf = (call: GitCall): string => call.cwd ?? call.workTree ?? call.repository ?? process.cwd();

const gitMissing = (error: Error) =>
  new FailureError({
    code: "git_missing",
    message: "Git is not installed, or not in the PATH.",
    hint: "Install git 2.38 or newer.",
    details: error.message,
  });

function gather(stream: NodeJS.ReadableStream | null, most: number) {
  const pieces: Buffer[] = [];
  let size = 0;
  let overflow = false;
  let whenFull = () => {};
  stream?.on("data", (piece: Buffer) => {
    const room = most - size;
    if (piece.length > room) overflow = true;
    if (room > 0) pieces.push(piece.subarray(0, room));
    size += Math.min(piece.length, Math.max(room, 0));
    if (overflow) whenFull();
  });
  return {
    bytes: () => Buffer.concat(pieces),
    full: () => overflow,
    onFull: (callback: () => void) => {
      whenFull = callback;
    },
  };
}

function environment(call: GitCall): NodeJS.ProcessEnv {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const settings = Object.entries({ ...HARDENED, ...call.settings });
  settings.forEach(([key, value], index) => {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return {
    ...env,
    GIT_CONFIG_COUNT: String(settings.length),
    LC_ALL: "C",
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    ...(call.config === "person"
      ? {}
      : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull, GIT_ATTR_NOSYSTEM: "1" }),
    ...(call.repository === null ? {} : { GIT_DIR: call.repository }),
    ...(call.workTree === undefined ? {} : { GIT_WORK_TREE: call.workTree }),
    ...(call.indexFile === undefined ? {} : { GIT_INDEX_FILE: call.indexFile }),
    ...(call.alsoRead === undefined
      ? {}
      : { GIT_ALTERNATE_OBJECT_DIRECTORIES: call.alsoRead.map(alternate).join(":") }),
  };
}

/** Git reads a path that begins with `"` as C-quoted, so that it may hold a newline, a colon or a `#` in front. */
export const alternate = (folder: string): string =>
  /[\n":\\]|^#/.test(folder)
    ? `"${folder.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`
    : folder;
