/**
 * Where a daemon listens, and how at most one does for each data directory, protocol and version of the app: those of
 * other versions drain beside it. Neither a pid file nor "unlink, then bind" can promise that: a pid is reused, and two
 * that both saw a dead socket unlink each other's. So each daemon binds a new name, `d1-TAG.sock`, `d2-TAG.sock`, …,
 * where TAG is its version's, and the highest that answers is the daemon of that version. A newcomer gives way when a
 * higher name exists or a lower one answers; of two that start at once at most one stays (both may give way: then their
 * hosts try again). The first daemons had no tag.
 */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { type Server, type Socket, connect, createServer } from "node:net";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";
import { PROTOCOL } from "./protocol.ts";

/** `sun_path` has 104 bytes on macOS, the ending NUL included. */
const MAX_SOCKET_PATH_BYTES = 103;
/** As long as the longest name below. */
const LONGEST_NAME = `px-${"0".repeat(16)}.sock`;
const SOCKET_NAME = /^d(\d+)(?:-([0-9a-f]{8}))?\.sock$/;

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** The folder of the daemon's files, in `state/`: token, log, versioned copies. */
export const daemonFolder = (stateDir: string): string => path.join(stateDir, "daemon");

/**
 * The folder of the daemon's sockets and of its commands' proxy sockets. No sandbox may see it: it is in `state/`,
 * except where that path is too long for a socket; then it is a short folder of this user in /tmp, the same for every
 * host (no TMPDIR, no XDG_RUNTIME_DIR: a cron job has others than a desktop).
 */
export function runtimeFolder(stateDir: string, protocol: number = PROTOCOL): string {
  const inState = path.join(daemonFolder(stateDir), `run${protocol}`);
  const fits = Buffer.byteLength(path.join(inState, LONGEST_NAME)) <= MAX_SOCKET_PATH_BYTES;
  if (fits || process.platform === "win32") return inState;
  return path.join("/tmp", `oriel-${process.getuid?.() ?? 0}-${hash(realPath(stateDir))}-${protocol}`);
}

/** The proxy socket of a command: the same before, while and after it runs. A pipe's name on Windows. */
export const proxySocketPath = (folder: string, command: string): string =>
  socketPath(folder, `px-${hash(command)}.sock`);

/** Windows has no socket files: a pipe's name carries the folder. */
const socketPath = (folder: string, name: string): string =>
  process.platform === "win32" ? `\\\\.\\pipe\\oriel-${hash(folder)}-${name}` : path.join(folder, name);

function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return path.resolve(folder);
  }
}

/** Makes `folder` for this user alone. Throws FailureError `daemon_folder_unsafe` where somebody else has it. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform === "win32") return;
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new FailureError({
      code: "daemon_folder_unsafe",
      message: `${folder} belongs to somebody else.`,
      hint: "Remove it, or choose a data directory with a shorter path.",
    });
  }
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

export interface Endpoint extends AsyncDisposable {
  /** From now on each connection goes to `onConnection`, those included that came before this call. */
  serve(onConnection: (socket: Socket) => void): void;
}

/**
 * The part of a daemon's names that is its version's; that of the first daemons is empty. On Windows, where the names
 * of others can't be listed, there is one daemon for all versions.
 */
export const tagOf = (version: string): string =>
  process.platform === "win32" ? "" : hash(version).slice(0, 8);

/** Listens in `folder` as the only daemon of its version, or null where another one lives. */
export async function takeEndpoint(folder: string, version: string): Promise<Endpoint | null> {
  const tag = tagOf(version);
  const before = await socketNames(folder, tag);
  if (await answers(folder, before)) return null;
  const own = { tag, number: process.platform === "win32" ? 0 : (before[0]?.number ?? 0) + 1 };
  const early: Socket[] = [];
  const server = createServer((socket) => early.push(socket));
  if (!(await listen(server, socketPath(folder, nameOf(own))))) return null;

  // Removes the name at once; connections that were served are their owner's to end.
  const close = async (): Promise<void> => {
    server.close();
    for (const socket of early) socket.destroy();
  };
  const others = (await socketNames(folder, tag)).filter(({ number }) => number !== own.number);
  if (others.some(({ number }) => number > own.number) || (await answers(folder, others))) {
    await close();
    return null;
  }
  for (const other of others) rmSync(path.join(folder, nameOf(other)), { force: true });

  return {
    serve(onConnection) {
      server.removeAllListeners("connection").on("connection", onConnection);
      for (const socket of early.splice(0)) onConnection(socket);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** A connection to the daemon of `version` in `folder`, or to any; null where none listens. */
export async function connectEndpoint(folder: string, version?: string): Promise<Socket | null> {
  return firstOf(folder, await socketNames(folder, version === undefined ? undefined : tagOf(version)));
}

/** A connection to each daemon of `folder` that is not of `version`. */
export async function connectOthers(folder: string, version?: string): Promise<Socket[]> {
  const names = await socketNames(folder);
  const others = new Set(names.map(({ tag }) => tag));
  if (version !== undefined) others.delete(tagOf(version));
  const found: Socket[] = [];
  for (const tag of others) {
    const socket = await firstOf(
      folder,
      names.filter((name) => name.tag === tag),
    );
    if (socket) found.push(socket);
  }
  return found;
}

/** Tags of the daemons of `folder` that are dead, and of those that live. */
export async function daemonTags(folder: string): Promise<{ dead: string[]; alive: string[] }> {
  const names = await socketNames(folder);
  const tags = { dead: [] as string[], alive: [] as string[] };
  for (const tag of new Set(names.map((name) => name.tag))) {
    const lives = await answers(
      folder,
      names.filter((name) => name.tag === tag),
    );
    (lives ? tags.alive : tags.dead).push(tag);
  }
  return tags;
}

/** Removes the names of a dead daemon. */
export async function forgetTag(folder: string, tag: string): Promise<void> {
  for (const name of await socketNames(folder, tag)) {
    // Another one may have come to life meanwhile; a name once bound is not bound again.
    if (!(await answers(folder, [name]))) rmSync(path.join(folder, nameOf(name)), { force: true });
  }
}

interface SocketName {
  readonly number: number;
  readonly tag: string;
}

const nameOf = ({ number, tag }: SocketName): string =>
  tag === "" ? `d${number}.sock` : `d${number}-${tag}.sock`;

/**
 * Of one version or of all, highest first. On Windows a name vanishes with its process, so there is one; those of other
 * versions can't be listed.
 */
async function socketNames(folder: string, tag?: string): Promise<SocketName[]> {
  if (process.platform === "win32") return [{ number: 0, tag: tag ?? "" }];
  const files = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  });
  return files
    .map((file) => SOCKET_NAME.exec(file))
    .filter((match) => match !== null)
    .map(([, number, tag = ""]) => ({ number: Number(number), tag }))
    .filter((name) => tag === undefined || name.tag === tag)
    .toSorted((a, b) => b.number - a.number);
}

async function answers(folder: string, names: readonly SocketName[]): Promise<boolean> {
  const socket = await firstOf(folder, names);
  socket?.destroy();
  return socket !== null;
}

async function firstOf(folder: string, names: readonly SocketName[]): Promise<Socket | null> {
  for (const name of names) {
    const socket = await tryConnect(socketPath(folder, nameOf(name)));
    if (socket) return socket;
  }
  return null;
}

/** Null only where nobody listens: "can't tell" is not "dead", and throws. */
function tryConnect(file: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(file);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error) => {
      // Reset: its daemon died with this connection in its queue, and no other gets its name.
      if (["ECONNREFUSED", "ENOENT", "ECONNRESET"].some((code) => isErrno(error, code))) resolve(null);
      else reject(error);
    });
  });
}

/** False where the name is taken. The file is 0600 from its first moment on; so is its folder. */
function listen(server: Server, file: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => (isErrno(error, "EADDRINUSE") ? resolve(false) : reject(error)));
    server.once("listening", () => resolve(true));
    const umask = process.umask(0o177);
    server.listen(file);
    process.umask(umask);
  });
}

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
