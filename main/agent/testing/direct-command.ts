import { spawn } from "node:child_process";
import { once } from "node:events";
import type { CommandExit, CommandRequest, RunningCommand } from "../agent.ts";

/** A command as a plain child process in its own group, with its output in memory: no daemon, no sandbox. */
export async function spawnDirect(request: CommandRequest, cwd: string): Promise<RunningCommand> {
  const startedAt = performance.now();
  // Node's pipes are sockets, and bash takes a socket on stdin for a remote login that wants its start-up file.
  const child = spawn("bash", ["--norc", "-c", request.command], {
    cwd,
    detached: true,
    stdio: "pipe",
  });
  const pieces: Buffer[] = [];
  const watchers = new Set<(piece: Uint8Array) => void>();
  const take = (piece: Buffer): void => {
    pieces.push(piece);
    for (const watcher of watchers) watcher(piece);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  // A command that ended does not read: what is written then is lost, as on a terminal.
  child.stdin.on("error", () => undefined);
  if (!request.stdin) child.stdin.end();
  await once(child, "spawn");
  const exit = new Promise<CommandExit>((resolve) => {
    child.once("close", (exitCode, signal) =>
      resolve({ exitCode, signal, durationMs: Math.round(performance.now() - startedAt) }),
    );
  });
  const output = (): Buffer => Buffer.concat(pieces);
  return {
    handle: request.handle,
    sandbox: "none",
    async read(offset, maxBytes) {
      const all = output();
      return { bytes: all.subarray(offset, offset + maxBytes), offset, total: all.length };
    },
    watch(onOutput) {
      watchers.add(onOutput);
      return () => void watchers.delete(onOutput);
    },
    exited: (signal) => Promise.race([exit, aborted(signal)]),
    async write(text) {
      child.stdin.write(text);
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null && child.pid)
        process.kill(-child.pid, "SIGKILL");
    },
    async finish() {
      const all = output();
      return {
        exit: await exit,
        output: { blob: null, size: all.length, head: all.toString(), tail: "" },
        blocked: [],
      };
    },
  };
}

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null), { once: true }));
}
