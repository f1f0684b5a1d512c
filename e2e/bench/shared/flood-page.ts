/**
 * A flood through a session's terminal that is looked at in the built app, in Chromium. Each byte that the program wrote
 * must have been given to the page, or be before a screen that it was given.
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import type { BuiltApp } from "../../driver/window.ts";
import { openApp } from "./app-terminal.ts";
import type { AppTerminal } from "./app-terminal.ts";
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

const residentOf = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

/** Bytes that the page has, or that a screen stood for. */
const counted = async (app: AppTerminal): Promise<number> => (await app.given()) + (await app.skipped());

interface Memory {
  readonly page: number;
  readonly host: number;
}

/** The memory before, and at most while all comes. In bytes. */
async function flood(app: AppTerminal, bytes: number): Promise<{ before: Memory; most: Memory }> {
  const { pid } = await app.client.host.info();
  await using heap = await watchHeap(app.page);
  const sample = async (): Promise<Memory> => {
    await heap.collect();
    return { page: await heap.used(), host: residentOf(pid) };
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
  let most = before;
  while (!ended.signal.aborted) {
    const { page, host } = await sample();
    most = { page: Math.max(most.page, page), host: Math.max(most.host, host) };
    await pause(SAMPLE_MS, null, { signal: ended.signal }).catch(() => null);
  }
  const took = await all;
  const came = (await counted(app)) - start;
  if (came !== bytes + END.length) throw new Error(`${came} bytes were counted, of ${bytes + END.length}`);
  const shown = ((await app.given()) - given) / MB;
  process.stderr.write(`${came} bytes in ${Math.round(took)} ms; ${shown.toFixed(1)} MB given to the page\n`);
  await app.page.keyboard.press("Enter");
  await app.titled("over");
  return { before, most };
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
 * Prints what the page's heap and the host take at most, against before; and Ctrl-C, from the key in the page to the
 * frame that shows what is done next, in a flood against at rest.
 */
export async function floodPage(built: BuiltApp, browser: Browser, bytes: number): Promise<void> {
  await using app = await openApp(built, browser);
  // The scrollback is full from here on.
  await flood(app, bytes / 50);
  const { before, most } = await flood(app, bytes);
  for (const what of ["page", "host"] as const)
    print(`flood-${what}-memory`, "MB", 1, [most[what] / MB], [before[what] / MB]);
  const took = { flood: Array<number>(), rest: Array<number>() };
  for (let run = 0; run < INTERRUPTS; run += 1) {
    took.rest.push(await interrupt(app, "sleep 1000"));
    took.flood.push(await interrupt(app, "yes"));
  }
  print("flood-interrupt", "ms", INTERRUPTS, took.flood, took.rest);
}
