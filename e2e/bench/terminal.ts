/**
 * `terminal`: 100 MB of plain, coloured and unicode text through a pty and the daemon to a client on its socket, until
 * the daemon's screen is complete, against a detached tmux whose pane reads the same file. The last 10,000 lines of
 * both must be equal. Interleaved pairs; one JSON line a kind; `ratio` is ours / theirs. An argument runs one kind.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";
import xterm from "@xterm/headless";
import { type DaemonClient, type ScreenState, ensureDaemon } from "#main/daemon/client.ts";
import { compare } from "./shared/pairs.ts";
import { quoted, startTmux } from "./shared/tmux.ts";

const RUNS = 5;
const BYTES = 100_000_000;
const COLS = 120;
const ROWS = 40;
const HISTORY = 10_000;
const ENTRY = path.resolve(import.meta.dirname, "../../app/daemon/main.ts");

const KINDS: Record<string, (n: number) => string> = {
  plain: (n) => `${n} the quick brown fox jumps over the lazy dog, and then it rests until ${n * 7}\r\n`,
  coloured: (n) =>
    `\x1b[3${n % 8}m${n}\x1b[0m \x1b[1;38;5;${n % 256}mthe quick\x1b[0m \x1b[48;2;${n % 255};9;9mbrown fox\x1b[0m jumps over\r\n`,
  unicode: (n) => `${n} 日本語のテキスト – ünïcödé, Ελληνικά, русский, 한국어 ${n * 3}\r\n`,
};

async function writeText(file: string, line: (n: number) => string): Promise<void> {
  const stream = createWriteStream(file);
  for (let n = 0, size = 0; size < BYTES;) {
    const lines = Array.from({ length: 10_000 }, () => line(n++)).join("");
    size += Buffer.byteLength(lines);
    if (!stream.write(lines)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
}

/** `cat` with the tty's own processing off, so that both read the bytes of the file. It waits to be told to begin. */
const script = (file: string, after: string): string => `stty -opost -echo; read -r; cat '${file}'; ${after}`;

async function daemonRun(client: DaemonClient, file: string, id: string): Promise<[number, string[]]> {
  let received = 0;
  const ready = Promise.withResolvers<void>();
  await client.openTerminal({
    ...{ id, session: "bench", argv: ["bash", "--norc", "-c", script(file, "exit")], cwd: "/tmp" },
    ...{ env: { PATH: process.env["PATH"] ?? "" }, cols: COLS, rows: ROWS },
  });
  await client.attachTerminal(id, {
    onScreen: () => ready.resolve(),
    onOutput: (bytes) => (received += bytes.byteLength),
  });
  await ready.promise;
  const start = performance.now();
  await client.writeTerminal(id, "\n");
  await client.terminalExited(id);
  const screen = Promise.withResolvers<ScreenState>();
  const detach = await client.attachTerminal(id, { onScreen: screen.resolve, onOutput() {} });
  const state = await screen.promise;
  const taken = performance.now() - start;
  detach();
  const [terminal] = (await client.listTerminals()).filter((one) => one.id === id);
  if ((terminal?.total ?? 0) < BYTES) throw new Error("bytes were lost");
  if (received < BYTES) process.stderr.write(`the viewer skipped ${BYTES - received} bytes\n`);
  await client.killTerminal(id);
  return [taken, await linesOf(state)];
}

async function linesOf(state: ScreenState): Promise<string[]> {
  const terminal = new xterm.Terminal({
    ...{ cols: state.cols, rows: state.rows, scrollback: HISTORY, allowProposedApi: true },
  });
  await new Promise<void>((resolve) => terminal.write(state.text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from(
    { length: active.length },
    (_, y) => active.getLine(y)?.translateToString(true) ?? "",
  );
  terminal.dispose();
  return lines;
}

function tmuxRun(file: string): [number, string[]] {
  using tmux = startTmux(HISTORY);
  const pane = script(file, `tmux -L ${tmux.socket} wait-for -S done; sleep 1000`);
  const size = ["-x", String(COLS), "-y", String(ROWS)];
  tmux.run("new-session", "-d", "-s", "b", ...size, `bash --norc -c ${quoted(pane)}`);
  const start = performance.now();
  tmux.run("send-keys", "-t", "b", "Enter");
  tmux.run("wait-for", "done");
  const text = tmux.run("capture-pane", "-p", "-t", "b", "-S", `-${HISTORY}`);
  const taken = performance.now() - start;
  return [taken, text.split("\n")];
}

const trimmed = (lines: readonly string[]): string[] => {
  const text = lines.map((line) => line.trimEnd());
  while (text.at(-1) === "") text.pop();
  return text.slice(-HISTORY);
};

const [only] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), "oriel-bench-terminal-"));
const client = await ensureDaemon({ stateDir: path.join(folder, "state"), entry: ENTRY, version: "bench" });
try {
  for (const [kind, line] of Object.entries(KINDS)) {
    if (only !== undefined && only !== kind) continue;
    const file = path.join(folder, kind);
    await writeText(file, line);
    const shown = { ours: [] as string[], theirs: [] as string[] };
    await compare({
      name: `terminal-${kind}`,
      unit: "ms",
      runs: RUNS,
      ours: async (run) => {
        const [taken, lines] = await daemonRun(client, file, `${kind}-${run}`);
        shown.ours = trimmed(lines);
        return taken;
      },
      theirs: () => {
        const [taken, lines] = tmuxRun(file);
        shown.theirs = trimmed(lines);
        return taken;
      },
    });
    const differs = shown.ours.findIndex((text, index) => text !== shown.theirs[index]);
    if (differs >= 0 || shown.ours.length !== HISTORY) {
      throw new Error(`line ${differs}: ${shown.ours[differs]} is not ${shown.theirs[differs]}`);
    }
    await rm(file);
  }
} finally {
  await client.shutdown();
  await client.closed;
  await rm(folder, { recursive: true, force: true });
}
