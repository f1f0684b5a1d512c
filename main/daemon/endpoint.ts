/**
 * Where a daemon listens, and how at most one does for each data directory and protocol. Neither a pid file nor
 * "unlink, then bind" can promise that: a pid is reused, and two that both saw a dead socket unlink each other's. So
 * each daemon binds a new name, `d1.sock`, `d2.sock`, …, and the highest that answers is the daemon. A newcomer gives
 * way when a higher name exists or a lower one answers; of two that start at once at most one stays (both may give
 * way: then their hosts try again).
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
const SOCKET_NAME = /^d(\d+)\.sock$/;

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

/** Listens in `folder` as its only daemon, or null where another one lives. */
export async function takeEndpoint(folder: string): Promise<Endpoint | null> {
  const before = await socketNumbers(folder);
  if (await answers(folder, before)) return null;
  const own = process.platform === "win32" ? 0 : (before[0] ?? 0) + 1;
  const early: Socket[] = [];
  const server = createServer((socket) => early.push(socket));
  if (!(await listen(server, socketPath(folder, nameOf(own))))) return null;

  // Removes the name at once; connections that were served are their owner's to end.
  const close = async (): Promise<void> => {
    server.close();
    for (const socket of early) socket.destroy();
  };
  const others = (await socketNumbers(folder)).filter((number) => number !== own);
  if (others.some((number) => number > own) || (await answers(folder, others))) {
    await close();
    return null;
  }
  for (const number of others) rmSync(path.join(folder, nameOf(number)), { force: true });

  return {
    serve(onConnection) {
      server.removeAllListeners("connection").on("connection", onConnection);
      for (const socket of early.splice(0)) onConnection(socket);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** A connection to the daemon of `folder`, or null where none listens. */
export async function connectEndpoint(folder: string): Promise<Socket | null> {
  for (const number of await socketNumbers(folder)) {
    const socket = await tryConnect(socketPath(folder, nameOf(number)));
    if (socket) return socket;
  }
  return null;
}

const nameOf = (number: number): string => `d${number}.sock`;

/** Highest first. On Windows a name vanishes with its process, so there is one. */
async function socketNumbers(folder: string): Promise<number[]> {
  if (process.platform === "win32") return [0];
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  });
  return names
    .map((name) => Number(SOCKET_NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .toSorted((a, b) => b - a);
}

async function answers(folder: string, numbers: readonly number[]): Promise<boolean> {
  for (const number of numbers) {
    const socket = await tryConnect(socketPath(folder, nameOf(number)));
    socket?.destroy();
    if (socket) return true;
  }
  return false;
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
      if (isErrno(error, "ECONNREFUSED") || isErrno(error, "ENOENT")) resolve(null);
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
