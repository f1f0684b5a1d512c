/**
 * `attach`: 20 terminals of 10,000 coloured lines, until a new client of the daemon has the screen and scrollback of each,
 * against `tmux capture-pane -e` of 20 such panes; and what such a terminal, unwatched, costs in memory against a tmux
 * pane, all at rest (proportional set size of the whole daemon or server, less what it has without terminals). One JSON line each;
 * `ratio` is ours / theirs. An argument is another number of terminals. Each cell of what the client was given last, and
 * the cursor's place, must be what tmux has (see shared/cells.ts for what is not compared).
 *
 * Then 20 of them in a page that is reloaded, see shared/attach-page.ts; `page` as the argument: this alone.
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type DaemonClient, connectDaemon, ensureDaemon } from "#main/daemon/client.ts";
import { launchBrowser, WITH_WEBGL } from "../driver/browser.ts";
import { builtApp } from "../driver/window.ts";
import { benchAttachPage } from "./shared/attach-page.ts";
import { cellsOfText, mustShowTheSame } from "./shared/cells.ts";
import { compare, print } from "./shared/pairs.ts";
import { cellsInPane } from "./shared/tmux-cells.ts";
import { type Tmux, quoted, startTmux } from "./shared/tmux.ts";

const RUNS = 7;
const [what = "20"] = process.argv.slice(2);
const TERMINALS = Number(what);
const LINES = 10_000;
const COLS = 120;
const ROWS = 40;
const ENTRY = path.resolve(import.meta.dirname, "../../app/daemon/main.ts");

const SCRIPT = `for ((n = 0; n < ${LINES}; n++)); do printf '\\e[3%dm%d\\e[0m the quick brown fox jumps over the lazy dog\\n' $((n % 8)) $n; done; printf whole`;
const ids = Array.from({ length: TERMINALS }, (_, n) => `t${n}`);

/** Kilobytes. */
const memoryOf = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]);

/** Longer than a terminal must be quiet until its screen rests: see screen-worker.ts. */
const UNTIL_REST_MS = 15_000;

/** Resolves when the screens of all are there, with their text. */
const attachAll = (client: DaemonClient): Promise<string[]> =>
  Promise.all(
    ids.map(async (id) => {
      const screen = Promise.withResolvers<string>();
      const detach = await client.attachTerminal(id, {
        onScreen: ({ text }) => screen.resolve(text),
        onOutput() {},
      });
      return screen.promise.finally(detach);
    }),
  );

async function openAll(client: DaemonClient): Promise<void> {
  const env = { PATH: process.env["PATH"] ?? "" };
  const argv = ["bash", "--norc", "-c", `${SCRIPT}; exec sleep 1000`];
  const whole = ids.map((id) => whenWhole(client, id));
  for (const [n, id] of ids.entries()) {
    await client.openTerminal({ id, session: "s", argv, cwd: "/tmp", env, cols: COLS, rows: ROWS });
    await whole[n]?.watch();
  }
  await Promise.all(whole.map(({ done }) => done));
}

function whenWhole(client: DaemonClient, id: string) {
  const done = Promise.withResolvers<void>();
  let end = "";
  const see = (text: string): void => {
    end = (end + text).slice(-20);
    if (end.endsWith("whole")) done.resolve();
  };
  return {
    done: done.promise,
    async watch() {
      const detach = await client.attachTerminal(id, {
        onScreen: ({ text }) => see(text),
        onOutput: (bytes) => see(Buffer.from(bytes).toString()),
      });
      void done.promise.then(detach);
    },
  };
}

function openPanes(tmux: Tmux): void {
  for (const id of ids) {
    const pane = `${SCRIPT}; tmux -L ${tmux.socket} wait-for -S ${id}; exec sleep 1000`;
    tmux.run(
      "new-session",
      "-d",
      "-s",
      id,
      "-x",
      String(COLS),
      "-y",
      String(ROWS),
      `bash --norc -c ${quoted(pane)}`,
    );
  }
  for (const id of ids) tmux.run("wait-for", id);
}

async function benchDaemon(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "oriel-bench-attach-"));
  const stateDir = path.join(folder, "state");
  const client = await ensureDaemon({ stateDir, entry: ENTRY, version: "bench" });
  try {
    using tmux = startTmux(LINES);
    const empty = { ours: memoryOf(client.pid), theirs: memoryOf(tmux.pid()) };
    await openAll(client);
    openPanes(tmux);
    let screens: readonly string[] = [];
    await compare({
      name: "attach",
      unit: "ms",
      runs: RUNS,
      async ours() {
        const start = performance.now();
        await using reloaded = await connectDaemon({ stateDir });
        if (!reloaded) throw new Error("no daemon runs");
        const given = await attachAll(reloaded);
        const took = performance.now() - start;
        if (given.some((text, n) => text !== (screens[n] ?? text)))
          throw new Error("a screen at rest changed");
        screens = given;
        return took;
      },
      theirs() {
        const start = performance.now();
        for (const id of ids) tmux.run("capture-pane", "-e", "-p", "-t", id, "-S", `-${LINES}`);
        return performance.now() - start;
      },
    });
    const size = { cols: COLS, rows: ROWS, scrollback: LINES };
    for (const [n, id] of ids.entries())
      mustShowTheSame(id, await cellsOfText(screens[n] ?? "", size), await cellsInPane(tmux, id), LINES + 1);
    process.stderr.write(`${TERMINALS} terminals: all cells and cursors are as tmux has them\n`);
    await pause(UNTIL_REST_MS);
    const each = (now: number, before: number) => [(now - before) / TERMINALS];
    print(
      "hidden-terminal-memory",
      "kB",
      1,
      each(memoryOf(client.pid), empty.ours),
      each(memoryOf(tmux.pid()), empty.theirs),
    );
  } finally {
    await client.shutdown();
    await client.closed;
    await rm(folder, { recursive: true, force: true });
  }
}

if (what !== "page") await benchDaemon();
await using built = await builtApp();
await using browser = await launchBrowser(WITH_WEBGL);
await benchAttachPage(built, browser, SCRIPT, LINES);
