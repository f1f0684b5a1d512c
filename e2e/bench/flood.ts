/**
 * `flood`: 1 GB through a pty and the daemon while one client reads it and another is stopped (SIGSTOP) as soon as it
 * looks. The daemon counts every byte that went in; the client that reads gets each of them or, where it skipped ahead, a
 * screen in its place, to the very end; the stopped one stalls nobody, and gets a screen of the end when it goes on. One
 * JSON line: `ours` is by how much the daemon's memory rose at most above what it was when the flood began, `theirs` the
 * same of tmux with the same flood; `ratio` is ours / theirs. An argument is another number of megabytes.
 *
 * Then the same through a page that looks at it, see shared/flood-page.ts. Both throw where memory does not stay flat: the
 * bounds leave room for buffers and noise, and 1 GB is enough for a leak of 0.3 bytes for each byte to exceed them.
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DaemonClient, type TerminalViewer, connectDaemon, ensureDaemon } from "#main/daemon/client.ts";
import { launchBrowser, WITH_WEBGL } from "../driver/browser.ts";
import { builtApp } from "../driver/window.ts";
import { mustBeFlat, residentOf } from "./shared/flat.ts";
import { floodPage } from "./shared/flood-page.ts";
import { print } from "./shared/pairs.ts";
import { quoted, startTmux } from "./shared/tmux.ts";

const ENTRY = path.resolve(import.meta.dirname, "../../app/daemon/main.ts");
const SIZE = { cols: 120, rows: 40 };
const HISTORY = 10_000;
const SAMPLE_MS = 100;
const LINE = "the quick brown fox jumps over the lazy dog, and then it rests";

/** Above what the daemon had before, and in the last fifth above the middle. Bytes; of 1 GB it was 120 MB at most. */
const MOST = { above: 250_000_000, late: 64_000_000 };

interface Watched {
  readonly before: number;
  readonly samples: readonly number[];
}

/** What `pid` had while `work` went on. Bytes. */
async function watched(pid: number, work: () => Promise<void>): Promise<Watched> {
  const before = residentOf(pid);
  const samples = [before];
  const timer = setInterval(() => samples.push(residentOf(pid)), SAMPLE_MS);
  await work().finally(() => clearInterval(timer));
  return { before, samples: [...samples, residentOf(pid)] };
}

/** Kilobytes. */
const growth = ({ before, samples }: Watched): number => (Math.max(...samples) - before) / 1024;

/** Looks at the terminal, and resolves when it has seen its end. */
async function startReader(client: DaemonClient) {
  const seen = { bytes: 0, screens: 0, end: 0 };
  const over = Promise.withResolvers<void>();
  let tail = "";
  const see = (text: string, end: number): void => {
    tail = (tail + text).slice(-40);
    seen.end = end;
    if (tail.includes("flood is over")) over.resolve();
  };
  const viewer: TerminalViewer = {
    onScreen: ({ text, offset }) => {
      seen.screens += 1;
      see(text, offset);
    },
    onOutput: (bytes, offset) => {
      seen.bytes += bytes.byteLength;
      see(Buffer.from(bytes.subarray(-40)).toString(), offset + bytes.byteLength);
    },
  };
  // With short screens, as a page has them while nobody scrolls.
  await client.attachTerminal("flood", viewer, true);
  return { seen, over: over.promise };
}

const script = (lines: number, after: string): string =>
  `stty -echo; read -r; yes '${LINE}' | head -n ${lines}; printf 'flood is over'; ${after}`;

async function ours(stateDir: string, lines: number): Promise<Watched> {
  const client = await ensureDaemon({ stateDir, entry: ENTRY, version: "bench" });
  try {
    await client.openTerminal({
      ...{ id: "flood", session: "s", argv: ["bash", "--norc", "-c", script(lines, "read -r")], cwd: "/tmp" },
      ...{ env: { PATH: process.env["PATH"] ?? "" }, ...SIZE },
    });
    const reader = await startReader(client);
    const stopped = fork(import.meta.filename, ["look", stateDir], { execArgv: [] });
    await once(stopped, "message");
    stopped.kill("SIGSTOP");
    const memory = await watched(client.pid, async () => {
      await client.writeTerminal("flood", "\r");
      await reader.over;
    });
    const [state] = await client.listTerminals();
    // The pty makes two bytes of each line feed.
    const expected = lines * (LINE.length + 2) + "flood is over".length;
    const ends = [state?.total, reader.seen.end].map((end) => (end ?? 0) - expected);
    // `read` was given a return before the echo was off, or not.
    if (ends.some((more) => more !== ends[0] || more < 0 || more > 2))
      throw new Error(`bytes were lost: ${ends.join(", ")}`);
    process.stderr.write(
      `${state?.total} bytes; read ${reader.seen.bytes}, ${reader.seen.screens} screens\n`,
    );
    const last = once(stopped, "message");
    stopped.kill("SIGCONT");
    await last;
    await once(stopped, "close");
    return memory;
  } finally {
    await client.shutdown();
    await client.closed;
  }
}

async function theirs(lines: number): Promise<Watched> {
  using tmux = startTmux(HISTORY);
  const pane = script(lines, `tmux -L ${tmux.socket} wait-for -S over; sleep 1000`);
  const size = ["-x", String(SIZE.cols), "-y", String(SIZE.rows)];
  tmux.run("new-session", "-d", "-s", "b", ...size, `bash --norc -c ${quoted(pane)}`);
  return await watched(tmux.pid(), async () => {
    tmux.run("send-keys", "-t", "b", "Enter");
    await once(spawn("tmux", ["-L", tmux.socket, "wait-for", "over"]), "close");
  });
}

/** The client that is stopped: says when it looks, and when it has seen the end. */
async function look(stateDir: string): Promise<void> {
  await using client = await connectDaemon({ stateDir });
  if (!client) throw new Error("no daemon");
  const reader = await startReader(client);
  process.send?.("looks");
  await reader.over;
  process.send?.("over");
  process.disconnect();
}

const [what = "1000", where = ""] = process.argv.slice(2);
if (what === "look") await look(where);
else {
  const folder = await mkdtemp(path.join(tmpdir(), "oriel-bench-flood-"));
  try {
    const lines = Math.ceil((Number(what) * 1_000_000) / (LINE.length + 2));
    const memory = await ours(path.join(folder, "state"), lines);
    process.stderr.write(`${mustBeFlat("daemon", { ...memory, ...MOST })}\n`);
    print("flood-memory", "kB", 1, [growth(memory)], [growth(await theirs(lines))]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await using built = await builtApp();
  await using browser = await launchBrowser(WITH_WEBGL);
  await floodPage(built, browser, Number(what) * 1_000_000);
}
