/**
 * `terminal`: 100 MB of plain, coloured and unicode text from a pty through daemon and host to a session's terminal in
 * the built app, in Chromium: from Enter to the frame that shows the end (`frame`), and until all of the scrollback has
 * been copied, too: the page gets it when somebody needs it. That is compared with a detached tmux whose pane reads the same
 * file, until its history has been captured; with code-server's terminal in the same Chromium, and with xterm.js alone in a
 * page with the text in its memory, both until the frame. Interleaved; one JSON line for each kind and peer; `ratio` is
 * ours / theirs.
 *
 * After each run tmux must have what was copied, 10,000 lines of text; and each cell of the screen and of the 10,000 lines
 * above it, as the page's own xterm holds it, must be what `capture-pane -e` says: character, colours and attributes (see
 * shared/cells.ts for what is not compared), and the cursor's place. So must a text that is styled in every way, which
 * comes first and is not timed. An argument runs one kind, or `styled` alone; a second is another number of megabytes.
 */
import path from "node:path";
import type { Browser } from "playwright-core";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { launchBrowser, WITH_WEBGL } from "../driver/browser.ts";
import { builtApp } from "../driver/window.ts";
import { startCodeServer } from "./shared/code-server.ts";
import { mustShowTheSame } from "./shared/cells.ts";
import type { Cells } from "./shared/cells.ts";
import { openApp } from "./shared/app-terminal.ts";
import type { AppTerminal } from "./shared/app-terminal.ts";
import { cellsInPage } from "./shared/page-cells.ts";
import { copyAll, openCodeServer, timeBareXterm } from "./shared/page-terminals.ts";
import type { PageTerminal } from "./shared/page-terminals.ts";
import { print } from "./shared/pairs.ts";
import { KINDS, styled, writeText } from "./shared/texts.ts";
import { cellsInPane } from "./shared/tmux-cells.ts";
import { quoted, startTmux } from "./shared/tmux.ts";

const RUNS = 3;
/** Above these the bench fails. */
const MOST_OF_CODE_SERVER = 1;
const MOST_OF_XTERM = 2;
/** What warms up. */
const FEW_BYTES = 2_000_000;
const HISTORY = 10_000;
/** tmux drops a tenth whenever it has so many: it never has less than ours. */
const TMUX_HISTORY = Math.ceil(HISTORY / 0.9);
/** Leaves the cursor where no text does. */
const END = String.raw`\e[7;11H`;

/** Reads the file with the tty's own processing off, so that all are given its bytes; waits for Enter before. */
const script = (file: string, before: string, after: string): string =>
  `stty -opost -echo; ${before} read -r; cat ${quoted(file)}; printf ${quoted(END)}; ${after}`;

const title = (word: string): string => `printf '\\e]2;${word}\\a';`;

/** Milliseconds in a page; the terminal stays at its end until `goOn`. */
async function timeInPage(terminal: PageTerminal, file: string): Promise<number> {
  const reads = script(file, title("ready"), `${title("done")} read -r; stty sane; ${title("over")}`);
  await terminal.run(`bash --norc -c ${quoted(reads)}`);
  await terminal.titled("ready");
  return terminal.pressUntil("Enter", "done");
}

async function goOn({ page, titled }: PageTerminal): Promise<void> {
  await page.keyboard.press("Enter");
  await titled("over");
}

interface Size {
  readonly cols: number;
  readonly rows: number;
}

interface TmuxRun {
  readonly took: number;
  readonly text: readonly string[];
  readonly cells: Cells;
}

async function timeTmux(file: string, { cols, rows }: Size): Promise<TmuxRun> {
  using tmux = startTmux(TMUX_HISTORY);
  const pane = script(file, "", `tmux -L ${tmux.socket} wait-for -S done; sleep 1000`);
  const size = ["-x", String(cols), "-y", String(rows)];
  tmux.run("new-session", "-d", "-s", "b", ...size, `bash --norc -c ${quoted(pane)}`);
  const start = performance.now();
  tmux.run("send-keys", "-t", "b", "Enter");
  tmux.run("wait-for", "done");
  const text = tmux.run("capture-pane", "-p", "-t", "b", "-S", `-${HISTORY}`);
  const took = performance.now() - start;
  return { took, text: text.split("\n"), cells: await cellsInPane(tmux, "b") };
}

/** What is compared of the page is in it: all of the scrollback has been asked for. */
async function cellsOf({ page }: AppTerminal): Promise<Cells> {
  const [cells, ...others] = await cellsInPage(page);
  if (!cells || others.length > 0) throw new Error(`${others.length} terminals besides the one in the page`);
  return cells;
}

async function compareStyled(app: AppTerminal, file: string): Promise<void> {
  const size = await app.size();
  await timeInPage(app, file);
  await copyAll(app.page);
  const cells = await cellsOf(app);
  await goOn(app);
  mustShowTheSame("styled", cells, (await timeTmux(file, size)).cells, HISTORY + size.rows);
  process.stderr.write(`styled: ${HISTORY + size.rows} lines and the cursor are as tmux has them\n`);
}

const trimmed = (lines: readonly string[]): string[] => {
  const text = lines.map((line) => line.trimEnd());
  while (text.at(-1) === "") text.pop();
  return text.slice(-HISTORY);
};

function mustBeCopied(ours: readonly string[], theirs: readonly string[]): void {
  const [mine, other] = [trimmed(ours), trimmed(theirs)];
  const differs = mine.findIndex((text, index) => text !== other[index]);
  if (differs >= 0 || mine.length !== HISTORY)
    throw new Error(`line ${differs} of ${mine.length}: ${mine[differs]} is not ${other[differs]}`);
}

async function benchKind(
  kind: string,
  file: string,
  { browser, app, code }: { browser: Browser; app: AppTerminal; code: PageTerminal },
): Promise<void> {
  const size = await app.size();
  const took = {
    frame: Array<number>(),
    ours: Array<number>(),
    tmux: Array<number>(),
    code: Array<number>(),
    xterm: Array<number>(),
  };
  for (let run = 0; run < RUNS; run += 1) {
    await app.page.bringToFront();
    const before = await app.given();
    const frame = await timeInPage(app, file);
    const shown = performance.now();
    const lines = await copyAll(app.page);
    took.frame.push(frame);
    took.ours.push(frame + performance.now() - shown);
    const given = (await app.given()) - before;
    const cells = await cellsOf(app);
    await goOn(app);
    process.stderr.write(`${kind}: the page was given ${Math.round(given / 1e6)} MB\n`);
    const tmux = await timeTmux(file, size);
    took.tmux.push(tmux.took);
    mustBeCopied(lines, tmux.text);
    mustShowTheSame(kind, cells, tmux.cells, HISTORY + size.rows);
    await code.page.bringToFront();
    took.code.push(await timeInPage(code, file));
    await goOn(code);
    took.xterm.push(await timeBareXterm(browser, file, size));
  }
  print(`terminal-${kind}-frame`, "ms", RUNS, took.frame, took.tmux);
  print(`terminal-${kind}-tmux`, "ms", RUNS, took.ours, took.tmux);
  print(`terminal-${kind}-code-server`, "ms", RUNS, took.ours, took.code, MOST_OF_CODE_SERVER);
  print(`terminal-${kind}-xterm`, "ms", RUNS, took.ours, took.xterm, MOST_OF_XTERM);
}

const [only, megabytes = "100"] = process.argv.slice(2);
const kinds = Object.entries(KINDS).filter(([kind]) => only === undefined || only === kind);
if (kinds.length === 0 && only !== "styled") throw new Error(`there is no kind of text "${only}"`);
await using built = await builtApp();
await using browser = await launchBrowser(WITH_WEBGL);
await using app = await openApp(built, browser);
await using temp = await tempDir("oriel-bench-");
const file = path.join(temp.path, "text");
if (kinds.length !== 1) {
  await writeText(file, FEW_BYTES, styled);
  await compareStyled(app, file);
}
if (kinds.length > 0) {
  await using server = await startCodeServer(path.join(temp.path, "code-server"), temp.path);
  const code = await openCodeServer(browser, server.url);
  for (const [kind, line] of kinds) {
    await writeText(file, FEW_BYTES, line);
    for (const terminal of [app, code]) {
      await terminal.page.bringToFront();
      await timeInPage(terminal, file);
      await goOn(terminal);
    }
    await writeText(file, Number(megabytes) * 1_000_000, line);
    await benchKind(kind, file, { browser, app, code });
  }
}
