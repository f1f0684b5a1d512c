/** Finds the daemons of a data directory, and starts the one of this version. */
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";
import { openChannel } from "./channel.ts";
import type { DaemonClient } from "./client.ts";
import {
  connectEndpoint,
  connectOthers,
  daemonFolder,
  makePrivateFolder,
  runtimeFolder,
} from "./endpoint.ts";
import { prepareDaemonFiles, pruneDaemonFiles } from "./files.ts";
import { LOG_NAME, type LaunchOptions, launchDaemon } from "./launch.ts";
import { oneDaemon } from "./one-daemon.ts";
import { manyDaemons } from "./many-daemons.ts";
import { ensureToken, readToken } from "./token.ts";

/** How often a start is tried: two that start at once may both give way, and a daemon may end just then. */
const ATTEMPTS = 8;
const LOG_TAIL_BYTES = 4096;

/**
 * The daemon of this data directory and version: the running one, or a new one; and those of other versions that have
 * something left. Throws FailureError `daemon_refused` (wrong token), `daemon_version`, `daemon_unavailable` (it can't
 * be started, or does not answer), `daemon_folder_unsafe`.
 */
export async function ensureDaemon(options: LaunchOptions): Promise<DaemonClient> {
  const own = await ensureOwn(options);
  const others = await connectAll(options.stateDir, await othersOf(options)).catch(async (error: unknown) => {
    await own[Symbol.asyncDispose]();
    throw error;
  });
  const inUse = [options.version, ...others.map(({ version }) => version)];
  pruneDaemonFiles({ stateDir: options.stateDir, entry: options.entry, inUse });
  return manyDaemons(own, others, () => ensureOwn(options));
}

/**
 * The running daemons of this data directory, or null where there is none. Starts and creates nothing; where `options`
 * say how, the daemon of this version is started with the first new work. Throws as `ensureDaemon`.
 */
export async function connectDaemon(
  options: LaunchOptions | { readonly stateDir: string },
): Promise<DaemonClient | null> {
  const launch = "entry" in options ? options : null;
  const own = launch && (await connectOwn(launch));
  const others = await connectAll(options.stateDir, await othersOf(options)).catch(async (error: unknown) => {
    await own?.[Symbol.asyncDispose]();
    throw error;
  });
  if (own === null && others.length === 0) return null;
  // From its own copy of its files, also where the caller named those of the app.
  const start = (how: LaunchOptions) => async (): Promise<DaemonClient> =>
    ensureOwn({ ...how, entry: prepareDaemonFiles({ ...how, source: how.entry }) });
  return manyDaemons(own, others, launch && start(launch));
}

async function ensureOwn(options: LaunchOptions): Promise<DaemonClient> {
  const home = daemonFolder(options.stateDir);
  makePrivateFolder(home);
  ensureToken(home);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const client = await connectOwn(options);
    if (client) return client;
    if ((await launchDaemon(options)) === "failed") break;
  }
  const log = await readFile(path.join(home, LOG_NAME), "utf8").catch(() => "");
  throw new FailureError({
    code: "daemon_unavailable",
    message: "The daemon could not be started.",
    hint: `See ${path.join(home, LOG_NAME)}.`,
    details: log.slice(-LOG_TAIL_BYTES),
  });
}

async function connectOwn({ stateDir, version }: LaunchOptions): Promise<DaemonClient | null> {
  const socket = await connectEndpoint(runtimeFolder(stateDir), version);
  return socket && shakeHands(stateDir, socket);
}

const othersOf = (options: LaunchOptions | { readonly stateDir: string }): Promise<Socket[]> =>
  connectOthers(runtimeFolder(options.stateDir), "version" in options ? options.version : undefined);

async function connectAll(stateDir: string, sockets: readonly Socket[]): Promise<DaemonClient[]> {
  const results = await Promise.allSettled(sockets.map((socket) => shakeHands(stateDir, socket)));
  const clients = results.flatMap((result) =>
    result.status === "fulfilled" && result.value ? [result.value] : [],
  );
  const failed = results.find((result) => result.status === "rejected");
  if (!failed) return clients;
  // One that does not answer is not gone: to go on without it would be to take its work for lost.
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  throw failed.reason;
}

async function shakeHands(stateDir: string, socket: Socket): Promise<DaemonClient | null> {
  const channel = await openChannel(socket, readToken(daemonFolder(stateDir)) ?? "");
  return channel && oneDaemon(channel, runtimeFolder(stateDir));
}
