/**
 * `echo`: from a key to its echo, in ms, in one of eight terminals of which none or seven print without end, unwatched.
 * Ours: a client of the daemon, attached (`echo`), and a page of the built app (`echo-page`, see shared/echo-page.ts).
 * Theirs: a tmux client in a pty, attached to such a window. By turns, none while another's terminals are there; one JSON
 * line for p50 and p99 each; `ratio` is ours / theirs. Throws where a key has no echo, or where in the end the terminal does
 * not show just the keys that were typed: those of ours in what the client was given and in the page's xterm, tmux's in
 * its pane. An argument is another number of rounds.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { spawn } from "node-pty";
import { ensureDaemon } from "#main/daemon/client.ts";
import { launchBrowser } from "../driver/browser.ts";
import { PATIENT_MS, builtApp } from "../driver/window.ts";
import { openEchoPage } from "./shared/echo-page.ts";
import { print, quantile } from "./shared/pairs.ts";
import { quoted, startTmux } from "./shared/tmux.ts";

const [rounds = "6"] = process.argv.slice(2);
const ROUNDS = Number(rounds);
const KEYS = 100;
/** A person who types fast. */
const BETWEEN_MS = 10;
const TYPED = Array.from({ length: KEYS }, (_, n) => String.fromCodePoint(97 + (n % 26))).join("");
const FLOODING = [0, 7];
const TERMINALS = 8;
const ENTRY = path.resolve(import.meta.dirname, "../../app/daemon/main.ts");
const COLS = 120;
const ROWS = 40;

const ECHO = "stty raw -echo; printf ready; exec cat";
const FLOOD = "exec yes the quick brown fox jumps over the lazy dog";
const IDLE = "exec sleep 1000";
const scripts = (flooding: number): string[] =>
  Array.from({ length: TERMINALS }, (_, n) => (n === 0 ? ECHO : n <= flooding ? FLOOD : IDLE));

/** Types keys and waits for each; `see` is to be told all that the terminal shows. */
async function typeKeys(
  write: (key: string) => void,
  see: { onText: (text: string) => void },
): Promise<{ times: number[]; shown: string }> {
  const times: number[] = [];
  let all = "";
  for (const key of TYPED) {
    const shown = Promise.withResolvers<void>();
    see.onText = (text) => {
      all += text;
      if (text.includes(key)) shown.resolve();
    };
    const late = setTimeout(() => shown.reject(new Error(`no echo came of ${key}`)), PATIENT_MS);
    const start = performance.now();
    write(key);
    await shown.promise;
    times.push(performance.now() - start);
    clearTimeout(late);
    await pause(BETWEEN_MS);
  }
  return { times, shown: all };
}

function mustBeTyped(shown: string, typed = TYPED): void {
  if (shown !== typed) throw new Error(`${JSON.stringify(shown)} is shown, and ${typed} was typed`);
}

async function ours(flooding: number): Promise<number[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "oriel-bench-echo-"));
  const client = await ensureDaemon({ stateDir: path.join(folder, "state"), entry: ENTRY, version: "bench" });
  try {
    const env = { PATH: process.env["PATH"] ?? "" };
    for (const [n, script] of scripts(flooding).entries()) {
      const argv = ["bash", "--norc", "-c", script];
      await client.openTerminal({
        id: `t${n}`,
        session: "s",
        argv,
        cwd: "/tmp",
        env,
        cols: COLS,
        rows: ROWS,
      });
    }
    const ready = Promise.withResolvers<void>();
    const see = { onText: (text: string): void => void (text.includes("ready") && ready.resolve()) };
    await client.attachTerminal("t0", {
      onScreen: ({ text }) => see.onText(text),
      onOutput: (bytes) => see.onText(Buffer.from(bytes).toString()),
    });
    await ready.promise;
    const { times, shown } = await typeKeys((key) => void client.writeTerminal("t0", key), see);
    mustBeTyped(shown);
    return times;
  } finally {
    await client.shutdown();
    await client.closed;
    await rm(folder, { recursive: true, force: true });
  }
}

async function inPage(flooding: number): Promise<number[]> {
  await using page = await openEchoPage(built, browser, scripts(flooding));
  return await page.type(TYPED, BETWEEN_MS);
}

async function theirs(flooding: number): Promise<number[]> {
  using tmux = startTmux(10_000);
  const [first = "", ...others] = scripts(flooding).map((script) => `bash --norc -c ${quoted(script)}`);
  tmux.run("new-session", "-d", "-s", "b", "-x", String(COLS), "-y", String(ROWS), first);
  for (const other of others) tmux.run("new-window", "-d", "-t", "b:", other);
  const ready = Promise.withResolvers<void>();
  const see = { onText: (text: string): void => void (text.includes("ready") && ready.resolve()) };
  const pty = spawn("tmux", ["-u", "-L", tmux.socket, "attach", "-t", "b"], {
    cols: COLS,
    rows: ROWS,
    env: { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8", TMUX: "" },
  });
  pty.onData((text) => see.onText(text));
  await ready.promise;
  const { times } = await typeKeys((key) => pty.write(key), see);
  mustBeTyped(tmux.run("capture-pane", "-p", "-J", "-t", "b").trim(), `ready${TYPED}`);
  return times;
}

await using built = await builtApp();
await using browser = await launchBrowser();
for (const flooding of FLOODING) {
  const all = { ours: [] as number[][], page: [] as number[][], theirs: [] as number[][] };
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) all.ours.push(await ours(flooding));
    all.theirs.push(await theirs(flooding));
    if (round % 2 === 1) all.ours.push(await ours(flooding));
    all.page.push(await inPage(flooding));
  }
  for (const [name, share] of [
    ["p50", 0.5],
    ["p99", 0.99],
  ] as const) {
    const each = (all: number[][]) => all.map((times) => quantile(times, share));
    print(`echo-${flooding}-flooding-${name}`, "ms", ROUNDS, each(all.ours), each(all.theirs));
    print(`echo-page-${flooding}-flooding-${name}`, "ms", ROUNDS, each(all.page), each(all.theirs));
  }
}
