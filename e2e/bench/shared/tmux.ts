/** A tmux server of its own, without the person's configuration. */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

export interface Tmux extends Disposable {
  readonly socket: string;
  run(...args: string[]): string;
  pid(): number;
}

let lastServer = 0;

/** Panes keep `history` lines. Disposing ends the server with all its panes. */
export function startTmux(history: number): Tmux {
  const socket = `oriel-bench-${process.pid}-${lastServer++}`;
  const run = (...args: string[]): string =>
    execFileSync("tmux", ["-u", "-f", "/dev/null", "-L", socket, ...args], {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
  run("new-session", "-d", "-s", "keep", "sleep 1000");
  run("set-option", "-g", "history-limit", String(history));
  run("set-option", "-g", "status", "off");
  return {
    socket,
    run,
    pid: () => Number(run("display-message", "-p", "#{pid}").trim()),
    [Symbol.dispose]() {
      const file = run("display-message", "-p", "#{socket_path}").trim();
      run("kill-server");
      rmSync(file, { force: true });
    },
  };
}

/** `text` as one word of a shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
