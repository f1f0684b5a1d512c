/** Starts a daemon that belongs to nobody: its own session, no terminal, no folder held. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { daemonFolder } from "./endpoint.ts";

export interface LaunchOptions {
  readonly stateDir: string;
  /** Path of the daemon's entry file: see `prepareDaemonFiles`. */
  readonly entry: string;
  /** The Node that runs it; default: this process's. */
  readonly execPath?: string;
  readonly version: string;
  /** How long the daemon stays after its last terminal, command and client; default: a minute. */
  readonly idleMs?: number;
}

/** The daemon prints to this descriptor when it serves. */
export const READY_FD = 3;

export const LOG_NAME = "daemon.log";

/**
 * What a daemon gets of this process's environment: keys of model providers are not among it, and a command has
 * nothing but what its spec says.
 */
const PASSED_ON = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "SystemRoot",
  "TEMP",
  "TMP",
];

/** Resolves when the new daemon serves, or has ended without serving (another one does, or it failed: see the log). */
export async function launchDaemon(options: LaunchOptions): Promise<void> {
  const log = openSync(path.join(daemonFolder(options.stateDir), LOG_NAME), "a", 0o600);
  const idle = options.idleMs === undefined ? [] : ["--idle-ms", String(options.idleMs)];
  const child = spawn(
    options.execPath ?? process.execPath,
    [options.entry, "--state-dir", options.stateDir, "--version", options.version, ...idle],
    {
      cwd: path.parse(process.cwd()).root,
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log, log, "pipe"],
      env: Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]])),
    },
  );
  closeSync(log);
  const ready = child.stdio[READY_FD];
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject).once("exit", () => resolve());
    ready?.once("data", () => resolve()).once("error", () => resolve());
  });
  ready?.destroy();
  child.unref();
}
