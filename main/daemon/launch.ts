/** Starts a daemon that belongs to nobody: its own session, no terminal, no folder held. */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";
import { daemonFolder } from "./endpoint.ts";
import { KEEPS } from "./markers.ts";

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

/** Memory in pieces of so many bytes goes back to the system when it is free: screens come and go in them (glibc). */
const GIVES_BACK = { MALLOC_MMAP_THRESHOLD_: String(128 * 1024) };

/**
 * Starts one and waits for it: `serves`, `gave_way` (another one serves, or it was asked to end at once, or killed: the
 * next may serve) or `failed` (its log says why). Throws FailureError `daemon_unavailable` where not even its Node could be started.
 */
export async function launchDaemon(options: LaunchOptions): Promise<"serves" | "gave_way" | "failed"> {
  const log = openSync(path.join(daemonFolder(options.stateDir), LOG_NAME), "a", 0o600);
  const idle = options.idleMs === undefined ? [] : ["--idle-ms", String(options.idleMs)];
  const execPath = options.execPath ?? process.execPath;
  const child = spawn(
    execPath,
    // See `rest` in screen-worker.ts.
    [
      "--expose-gc",
      "--max-semi-space-size=4",
      options.entry,
      "--state-dir",
      options.stateDir,
      "--version",
      options.version,
      ...idle,
    ],
    {
      cwd: path.parse(process.cwd()).root,
      detached: true,
      windowsHide: true,
      stdio: ["ignore", log, log, "pipe"],
      env: {
        ...Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]])),
        ...GIVES_BACK,
        [KEEPS]: "1",
      },
    },
  );
  closeSync(log);
  const ready = child.stdio[READY_FD];
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", (error) => reject(notStarted(execPath, error)));
      child.once("exit", (code, signal) =>
        resolve(code === 0 || signal === "SIGKILL" ? "gave_way" : "failed"),
      );
      // It closes this pipe when it ends, too: then the exit tells.
      ready?.once("data", () => resolve("serves")).once("error", () => {});
    });
  } finally {
    ready?.destroy();
    child.unref();
  }
}

const notStarted = (execPath: string, error: Error) =>
  new FailureError({
    code: "daemon_unavailable",
    message: `The daemon could not be started with ${execPath}.`,
    details: error.message,
  });
