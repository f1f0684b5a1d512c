/**
 * A flood through a session's terminal that is looked at in the built app, in Chromium. Each byte that the program wrote
 * must have been given to the page, or be before a screen that it was given. The page's heap, its process, the host and the
 * daemon must stay flat.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { connectDaemon } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import type { BuiltApp } from "../../driver/window.ts";
import { openApp } from "./app-terminal.ts";
import type { AppTerminal } from "./app-terminal.ts";
import { mustBeFlat, residentOf } from "./flat.ts";
import { watchHeap } from "./page-probes.ts";
import { print } from "./pairs.ts";
import { quoted } from "./tmux.ts";

const MB = 1_000_000;
const INTERRUPTS = 5;
/** A collection takes some time of the page's own. */
const SAMPLE_MS = 2000;
const LOOK_MS = 100;
/** Of a flood, before it is interrupted. */
const ENOUGH = 5 * MB;
const title = (word: string): string => `printf '\\e]2;${word}\\a'`;
const END = "\x1b]2;done\x07";

const PARTS = ["page", "renderer", "host", "daemon"] as const;
/** `page` is its heap of JavaScript without rubbish, `renderer` all that its processes have, frames and pixels as well. */
type Memory = Readonly<Record<(typeof PARTS)[number], number>>;
/**
 * How far each may be above what it had before, and in the last fifth above the middle. Bytes; in a flood of 1 GB the heap
 * rose by 1 MB and the host by 11.
 */
const MOST: Record<keyof Memory, { readonly above: number; readonly late: number }> = {
  page: { above: 16 * MB, late: 8 * MB },
  renderer: { above: 150 * MB, late: 64 * MB },
  host: { above: 100 * MB, late: 48 * MB },
  daemon: { above: 250 * MB, late: 64 * MB },
};

/** Of the browser's pages, of which there is one. Bytes. */
async function renderersOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pids = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
  return pids.map(residentOf).reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes that the page has, or that a screen stood for. */
const counted = async (app: AppTerminal): Promise<number> => (await app.given()) + (await app.skipped());

/** The memory before, and while all comes. */
async function flood(
  app: AppTerminal,
  browser: Browser,
  bytes: number,
): Promise<{ before: Memory; samples: readonly Memory[] }> {
  const { pid } = await app.client.host.info();
  await using daemon = await connectDaemon({ stateDir: dataDir(app.dataDir).state });
  if (!daemon) throw new Error("no daemon runs");
  await using heap = await watchHeap(app.page);
  const sample = async (): Promise<Memory> => {
    await heap.collect();
    const [page, renderer] = [await heap.used(), await renderersOf(browser)];
    return { page, renderer, host: residentOf(pid), daemon: residentOf(daemon.pid) };
  };
  const writes = `yes 'a line of the flood' | head -c ${bytes}; ${title("done")}`;
  const script = `stty -opost -echo; ${title("ready")}; read -r; ${writes}; read -r; stty sane; ${title("over")}`;
  await app.run(`bash --norc -c ${quoted(script)}`);
  await app.titled("ready");
  const before = await sample();
  const start = await counted(app);
  const given = await app.given();
  const ended = new AbortController();
  const all = app.pressUntil("Enter", "done").finally(() => ended.abort());
  const samples = [before];
  while (!ended.signal.aborted) {
    samples.push(await sample());
    await pause(SAMPLE_MS, null, { signal: ended.signal }).catch(() => null);
  }
  const took = await all;
  const came = (await counted(app)) - start;
  if (came !== bytes + END.length) throw new Error(`${came} bytes were counted, of ${bytes + END.length}`);
  const shown = ((await app.given()) - given) / MB;
  process.stderr.write(`${came} bytes in ${Math.round(took)} ms; ${shown.toFixed(1)} MB given to the page\n`);
  await app.page.keyboard.press("Enter");
  await app.titled("over");
  return { before, samples };
}

/** Milliseconds from Ctrl-C in the page to what is done next there, as the page shows it. */
async function interrupt(app: AppTerminal, command: "sleep 1000" | "yes"): Promise<number> {
  // Not in the person's shell: an interactive one runs no trap when a command was interrupted.
  const script = `trap ${quoted(title("interrupted"))} INT; ${title("begun")}; ${command}`;
  await app.run(`bash --norc -c ${quoted(script)}`);
  await app.titled("begun");
  const enough = (await counted(app)) + (command === "yes" ? ENOUGH : 0);
  while ((await counted(app)) < enough) await pause(LOOK_MS);
  return app.pressUntil("Control+c", "interrupted");
}

/**
 * Prints what each takes at most, against before, and throws where that is too much; and Ctrl-C, from the key in the page to
 * the frame that shows what is done next, in a flood against at rest.
 */
export async function floodPage(built: BuiltApp, browser: Browser, bytes: number): Promise<void> {
  await using app = await openApp(built, browser);
  // The scrollback is full from here on.
  await flood(app, browser, bytes / 50);
  const { before, samples } = await flood(app, browser, bytes);
  for (const what of PARTS) {
    const its = samples.map((sample) => sample[what]);
    print(`flood-${what}-memory`, "MB", 1, [Math.max(...its) / MB], [before[what] / MB]);
    const said = mustBeFlat(what, { before: before[what], samples: its, ...MOST[what] });
    process.stderr.write(`${said}\n`);
  }
  const took = { flood: Array<number>(), rest: Array<number>() };
  for (let run = 0; run < INTERRUPTS; run += 1) {
    took.rest.push(await interrupt(app, "sleep 1000"));
    took.flood.push(await interrupt(app, "yes"));
  }
  print("flood-interrupt", "ms", INTERRUPTS, took.flood, took.rest);
}
