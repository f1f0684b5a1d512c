import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A real process that runs a script of this folder, until the block ends (or it was killed before). */
export interface Child extends AsyncDisposable {
  /** The lines that it printed, as they come. */
  readonly lines: AsyncIterator<string>;
  /** Kills it as a crash does, and waits until it is gone. Lines that it printed before can still be read. */
  kill(): Promise<void>;
}

export function startChild(script: string, ...args: readonly string[]): Child {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { lines, kill, [Symbol.asyncDispose]: kill };
}
