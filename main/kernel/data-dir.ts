import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";

/** Where everything of one Oriel is: absolute paths. */
export interface DataDir {
  readonly root: string;
  /** Log, sockets, tokens, configuration. No sandbox ever sees it. */
  readonly state: string;
  readonly git: string;
  readonly worktrees: string;
  readonly trash: string;
  /** Temporary folders and caches of the sessions' commands. */
  readonly agents: string;
  /** Where a client reaches the host. */
  readonly hostSocket: string;
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, its final zero included. */
const SOCKET_PATH_LIMIT = 103;

/** The data directory that is used when none is named. Honours `ORIEL_DATA_DIR`, then the platform's convention. */
export function defaultDataDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env["ORIEL_DATA_DIR"]) return path.resolve(env["ORIEL_DATA_DIR"]);
  if (platform === "darwin") return path.join(homedir(), "Library", "Application Support", "Oriel");
  if (platform === "win32") return path.join(env["LOCALAPPDATA"] ?? homedir(), "Oriel");
  return path.join(env["XDG_DATA_HOME"] ?? path.join(homedir(), ".local", "share"), "oriel");
}

/** Names the parts of a data directory. Creates nothing. */
export function dataDir(root: string): DataDir {
  const absolute = path.resolve(root);
  const state = path.join(absolute, "state");
  return {
    root: absolute,
    state,
    git: path.join(absolute, "git"),
    worktrees: path.join(absolute, "worktrees"),
    trash: path.join(absolute, "trash"),
    agents: path.join(absolute, "agents"),
    hostSocket: socketPath(state, "host"),
  };
}

/** Creates the folders of a data directory, for its owner alone. Throws `data_dir_unusable` where that can't be. */
export function createDataDir(dir: DataDir): void {
  const folders = [dir.root, dir.state, dir.git, dir.worktrees, dir.trash, dir.agents];
  // A named pipe of Windows has no folder.
  if (process.platform !== "win32") folders.push(path.dirname(dir.hostSocket));
  try {
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 });
    // In /tmp somebody else may have made the socket's folder first, to listen in it.
    const { uid } = userInfo();
    if (uid >= 0 && lstatSync(path.dirname(dir.hostSocket)).uid !== uid)
      throw new Error("it belongs to somebody else");
  } catch (error) {
    throw new FailureError({
      code: "data_dir_unusable",
      message: `The data directory ${dir.root} can't be used.`,
      hint: "Choose another with --data-dir or ORIEL_DATA_DIR.",
      details: String(error),
    });
  }
}

/**
 * A socket in `folder`, or, where its path would be too long for a socket, in a short folder of this user in /tmp, the
 * same for every process (no TMPDIR, no XDG_RUNTIME_DIR: a cron job has others than a desktop). On Windows a pipe.
 */
export function socketPath(folder: string, name: string, platform = process.platform): string {
  const hash = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  if (platform === "win32") return `\\\\.\\pipe\\oriel-${hash}-${name}`;
  const near = path.join(folder, `${name}.sock`);
  if (Buffer.byteLength(near) <= SOCKET_PATH_LIMIT) return near;
  return path.join("/tmp", `oriel-${userInfo().uid}-${hash}`, `${name}.sock`);
}
