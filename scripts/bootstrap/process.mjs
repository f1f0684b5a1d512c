import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

/** Who started this process: read early, before they can be gone. */
const PARENT = process.ppid;

/**
 * A program started in the foreground: it owns the terminal, gets our signals, and its exit code is ours.
 * A program that a signal ended counts as 128 + the signal's number, as in a shell.
 *
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<number>}
 */
export function runInForeground(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: "inherit" });
    const stopForwarding = forwardSignals(child);
    child.once("error", (error) => (stopForwarding(), reject(error)));
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

/**
 * A program whose output is only of interest when it fails.
 *
 * @param {string} command @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>} both streams as they came; 127 when it could not be started
 */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const stopForwarding = forwardSignals(child);
    /** @type {Buffer[]} */
    const pieces = [];
    child.stdout.on("data", (piece) => pieces.push(piece));
    child.stderr.on("data", (piece) => pieces.push(piece));
    child.once("error", (error) => (stopForwarding(), resolve({ code: 127, output: error.message })));
    child.once("close", (code) => {
      stopForwarding();
      resolve({ code: code ?? 1, output: Buffer.concat(pieces).toString("utf8") });
    });
  });
}

/**
 * A signal to npm ends the shell that npm put between itself and us, and reaches us no more. So when that shell is gone,
 * the program is asked to end. Only under npm: whoever else starts us may leave us behind on purpose.
 * @param {import("node:child_process").ChildProcess} child @returns {() => void}
 */
function endWithNpm(child) {
  if (!process.env["npm_lifecycle_event"]) return () => {};
  const look = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(look);
    child.kill("SIGTERM");
  }, 500);
  return () => clearInterval(look);
}

/** @param {import("node:child_process").ChildProcess} child @returns {() => void} */
function forwardSignals(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  /** @type {(() => void)[]} */
  const stops = signals.map((signal) => {
    const listener = () => {
      // A terminal sends Ctrl-C to the child as well; a second one would mean "at once" to it.
      if (signal !== "SIGINT" || !hasTerminal()) child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  stops.push(endWithNpm(child));
  return () => stops.forEach((stop) => stop());
}

/** Whether this process has a controlling terminal, whatever its streams are redirected to. */
function hasTerminal() {
  if (process.platform === "win32") return true;
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
