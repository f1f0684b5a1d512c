/**
 * A page with 20 terminals in sight, each with 10,000 lines: from its reload to the frame after the last of them has
 * shown its exact screen and the last of its scrollback; the rest comes when somebody looks. Against 20 clients of tmux
 * that attach at once, each until it has drawn the last row of its pane: those draw the rows in sight alone. All of the
 * scrollback is then asked for, by copying it: 10,000 lines of text, and each cell that the page has, and the cursor's place,
 * must be what tmux has.
 */
import path from "node:path";
import { spawn } from "node-pty";
import type { Browser, Page } from "playwright-core";
import { connect } from "#app/cli/connect.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import type { DaemonClient } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { createRepository } from "../../driver/repository.ts";
import { until } from "../../driver/until.ts";
import { startWindow } from "../../driver/window.ts";
import type { BuiltApp } from "../../driver/window.ts";
import { mustShowTheSame } from "./cells.ts";
import { cellsInPage } from "./page-cells.ts";
import { copyAll, openContext } from "./page-terminals.ts";
import { compare } from "./pairs.ts";
import { cellsInPane } from "./tmux-cells.ts";
import { quoted, startTmux } from "./tmux.ts";
import type { Tmux } from "./tmux.ts";

const RUNS = 5;
const COLUMNS = 4;
const ROWS = 5;
const ids = Array.from({ length: COLUMNS * ROWS }, (_, n) => `trm_bench${n}`);

/** Runs in the page, before all else there: `window.attached` is the time when all have shown their first screen. */
function watchScreens(count: number): void {
  const { promise, resolve } = Promise.withResolvers<number>();
  let shown = 0;
  class WatchedSocket extends WebSocket {
    first = -1;
    constructor(url: string, protocols: string) {
      super(url, protocols);
      if (!url.includes("/terminal/")) return;
      this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        if (this.first >= 0 || !(data instanceof ArrayBuffer) || new DataView(data).getUint8(0) !== 0) return;
        const header = new TextDecoder().decode(new Uint8Array(data, 5, new DataView(data).getUint32(1)));
        this.first = Number(JSON.parse(header).offset);
      });
    }
    override send(message: string | ArrayBuffer): void {
      super.send(message);
      if (this.first < 0 || typeof message !== "string") return;
      const wish: { type: string; offset: number } = JSON.parse(message);
      if (wish.type !== "ack" || wish.offset < this.first) return;
      this.first = Infinity;
      shown += 1;
      if (shown === count) requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }
  }
  Object.assign(window, { WebSocket: WatchedSocket, attached: promise });
}

interface AppPage extends AsyncDisposable {
  readonly page: Page;
  readonly daemon: DaemonClient;
  readonly size: { readonly cols: number; readonly rows: number };
}

/** The page with all terminals beside and below each other, each of which runs `script`. */
async function openAll(built: BuiltApp, browser: Browser, script: string): Promise<AppPage> {
  await using opening = new AsyncDisposableStack();
  const model = opening.use(await startModelServer([{ match: "", steps: [say("Done.")] }]));
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-none" };
  const started = opening.use(await startWindow(built, { env }));
  const { root } = started.oriel;
  const project = await createRepository(path.join(root, "project"), { "a.txt": "one\n" });
  const connection = await connect(started.oriel.dataDir);
  if (!connection) throw new Error("no host runs");
  const { client } = opening.use(connection);
  const created = await client.sessions.create({ project, sessions: [{ task: "Look" }] });
  const session = created.sessions[0]?.id ?? "";
  // When a shell can be opened it has its worktree, and a daemon runs.
  const shell = await until(() => client.terminals.open({ session, cols: 80, rows: 24 }).catch(() => null));
  await client.terminals.close({ terminal: shell.id });
  const daemon = await connectDaemon({ stateDir: dataDir(started.oriel.dataDir).state });
  if (!daemon) throw new Error("no daemon runs");
  opening.use(daemon);
  const argv = ["bash", "--norc", "-c", script];
  for (const id of ids) {
    const place = { cwd: root, env: { PATH: process.env["PATH"] ?? "" }, cols: 80, rows: 24 };
    await daemon.openTerminal({ id, session, argv, ...place });
  }
  const page = await openContext(browser);
  opening.defer(() => page.context().close());
  await page.setViewportSize({ width: 2560, height: 1440 });
  await page.addInitScript(watchScreens, ids.length);
  const row = (n: number) => ({ direction: "row", parts: ids.slice(n * COLUMNS, (n + 1) * COLUMNS) });
  const tab = { direction: "column", parts: Array.from({ length: ROWS }, (_, n) => row(n)) };
  await page.addInitScript(
    (stored) => {
      for (const [name, state] of Object.entries(stored))
        localStorage.setItem(name, JSON.stringify({ state, version: 1 }));
    },
    {
      "oriel.view": {
        ...{ layout: "columns", panes: [session], focused: session, tabs: { [session]: "terminal" } },
        ...{ widths: {}, sidebarOpen: false },
      },
      "oriel.terminal-splits": { [session]: { tabs: [tab], used: ids } },
    },
  );
  await page.goto(started.url);
  await page.evaluate("window.attached");
  const [state] = await daemon.listTerminals();
  if (!state) throw new Error("the daemon has no terminal");
  const owned = opening.move();
  return { page, daemon, size: state, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Resolves when all panes are drawn, each by a client of its own. Milliseconds. */
async function attachPanes(tmux: Tmux, { cols, rows }: AppPage["size"]): Promise<number> {
  const start = performance.now();
  const clients = ids.map((id) => {
    const client = spawn("tmux", ["-u", "-L", tmux.socket, "attach", "-t", id], {
      ...{ cols, rows },
      env: { ...process.env, TERM: "xterm-256color", LC_ALL: "C.UTF-8", TMUX: "" },
    });
    const drawn = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let text = "";
    client.onData((more) => {
      text += more;
      if (text.includes("whole")) drawn.resolve();
    });
    client.onExit(() => ended.resolve());
    return { client, drawn: drawn.promise, ended: ended.promise };
  });
  await Promise.all(clients.map(({ drawn }) => drawn));
  const took = performance.now() - start;
  for (const { client } of clients) client.kill();
  await Promise.all(clients.map(({ ended }) => ended));
  return took;
}

/** `print`: what each shows, 10,000 lines and `whole` at the end. Prints one JSON line. */
export async function benchAttachPage(
  built: BuiltApp,
  browser: Browser,
  print: string,
  lines: number,
): Promise<void> {
  await using app = await openAll(built, browser, `stty -echo; read -r; ${print}; exec sleep 1000`);
  const { page, daemon, size } = app;
  for (const id of ids) {
    const whole = Promise.withResolvers<void>();
    const see = (text: string): void => void (text.includes("whole") && whole.resolve());
    const detach = await daemon.attachTerminal(id, {
      onScreen: ({ text }) => see(text),
      onOutput: (bytes) => see(Buffer.from(bytes).toString()),
    });
    await daemon.writeTerminal(id, "\r");
    await whole.promise;
    detach();
  }
  using tmux = startTmux(lines);
  for (const id of ids) {
    const pane = `${print}; tmux -L ${tmux.socket} wait-for -S ${id}; exec sleep 1000`;
    const at = ["-x", String(size.cols), "-y", String(size.rows)];
    tmux.run("new-session", "-d", "-s", id, ...at, `bash --norc -c ${quoted(pane)}`);
    tmux.run("wait-for", id);
  }
  await compare({
    name: "attach-page",
    unit: "ms",
    runs: RUNS,
    async ours() {
      await page.reload();
      return page.evaluate<number>("window.attached");
    },
    theirs: () => attachPanes(tmux, size),
  });
  const trimmed = (text: readonly string[]): string =>
    text
      .map((line) => line.trimEnd())
      .join("\n")
      .trimEnd();
  for (const [n, id] of ids.entries()) {
    await page.getByRole("textbox", { name: "Terminal input" }).nth(n).focus();
    const ours = trimmed((await copyAll(page)).slice(-lines));
    const theirs = trimmed(
      tmux
        .run("capture-pane", "-p", "-t", id, "-S", `-${lines}`)
        .split("\n")
        .slice(-lines - 1),
    );
    if (ours.length < lines * 40 || !theirs.endsWith(ours))
      throw new Error(`terminal ${n} shows ${ours.slice(0, 200)}… where tmux has ${theirs.slice(0, 200)}…`);
  }
  const shown = await cellsInPage(page);
  for (const [n, id] of ids.entries()) {
    const its = shown[n];
    if (!its) throw new Error(`the page shows ${shown.length} terminals`);
    mustShowTheSame(`terminal ${n} of the page`, its, await cellsInPane(tmux, id), lines + 1);
  }
  process.stderr.write(`${ids.length} terminals of the page: all cells and cursors are as tmux has them\n`);
}
