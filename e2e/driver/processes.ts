import { readdirSync, readFileSync } from "node:fs";

export interface FoundProcess {
  readonly pid: number;
  /** The program and its arguments, separated by spaces. */
  readonly line: string;
}

/** The processes whose command line contains `text`. Reads /proc: for Linux, where these tests run. */
export function processesWith(text: string): readonly FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = readProc(name, "cmdline").replaceAll("\0", " ");
    if (line.includes(text)) found.push({ pid: Number(name), line });
  }
  return found;
}

/** The most memory that a process ever had resident, in bytes; 0 where it is gone. */
export function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readProc(String(pid), "status"))?.[1] ?? 0) * 1024;
}

/** A process that ended between the listing and this has nothing to say. */
function readProc(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** The processes that have `text` in their command line or in their environment. */
export function processesOf(text: string): readonly FoundProcess[] {
  return readdirSync("/proc")
    .filter(
      (name) =>
        /^\d+$/.test(name) && `${readProc(name, "cmdline")}${readProc(name, "environ")}`.includes(text),
    )
    .map((name) => ({ pid: Number(name), line: readProc(name, "cmdline").replaceAll("\0", " ") }));
}
