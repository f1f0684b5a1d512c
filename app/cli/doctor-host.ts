/** What `oriel doctor` says of the host, also where it is stopped or stuck. */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DataDir } from "#main/kernel/data-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { connect } from "./connect.ts";
import type { Finding } from "./doctor.ts";

/** Less than a person waits who thinks that something hangs. Milliseconds. */
const ANSWER_MS = 5000;

export async function hostFinding(dir: DataDir, answerMs = ANSWER_MS): Promise<Finding> {
  const name = "host";
  const found = await ask(dir.root, answerMs);
  const holder = typeof found === "string" ? holderOf(path.join(dir.state, "lock.db")) : null;
  if (found === "silent") return { name, state: "bad", ...silentWords(holder) };
  if (found === "none" && holder !== null)
    return {
      name,
      state: "note",
      text: `process ${holder} holds the data directory and serves nobody yet`,
      hint: stoppedWords(holder) ?? "It settles what an earlier one left. Ask again in a minute.",
    };
  if (found === "none") return { name, state: "ok", text: "none runs; it starts when it is needed" };
  const old = found.version !== VERSION;
  return {
    name,
    state: old ? "note" : "ok",
    text: `${found.version}, process ${found.pid}`,
    ...(old && {
      hint: "It is of another version than this command. `npm start` replaces one that is older and has nothing to do.",
    }),
  };
}

async function ask(
  root: string,
  answerMs: number,
): Promise<{ readonly version: string; readonly pid: number } | "none" | "silent"> {
  try {
    using connection = await connect(root, answerMs);
    if (connection === null) return "none";
    const late = delay(answerMs, "silent" as const, { ref: false });
    return await Promise.race([connection.client.host.info(), late]);
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return "silent";
  }
}

function silentWords(pid: number | null): { text: string; hint: string } {
  const text = `${pid === null ? "one" : `process ${pid}`} holds the data directory and does not answer`;
  const end = pid === null ? "end it" : `\`kill -9 ${pid}\` ends it`;
  const ends = `If it stays so, ${end}: terminals and commands go on, and the next host settles what it left.`;
  return { text, hint: (pid !== null && stoppedWords(pid)) || ends };
}

/** Null for a process that runs. */
const stoppedWords = (pid: number): string | null =>
  isStopped(pid) ? `It is stopped: \`kill -CONT ${pid}\` lets it go on.` : null;

/** The process that holds a lock on `file`. Null where none does, and where the system does not tell: only Linux does. */
function holderOf(file: string): number | null {
  try {
    const { ino } = statSync(file);
    const locks = readFileSync("/proc/locks", "utf8").matchAll(
      / POSIX +\w+ +WRITE +(\d+) +[^: ]+:[^: ]+:(\d+) /g,
    );
    for (const [, pid, inode] of locks) if (Number(inode) === ino && Number(pid) > 0) return Number(pid);
  } catch {
    // There is no such file.
  }
  return null;
}

/** By a signal, or by a debugger. */
function isStopped(pid: number): boolean {
  try {
    return /^State:\s+[Tt]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
