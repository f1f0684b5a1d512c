/** The built app in a real Chromium, as `npm start -- --no-open` serves it. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Locator, Page } from "playwright-core";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { isBuilt } from "../../scripts/bootstrap/build.mjs";
import { createOriel } from "./oriel.ts";
import type { TestOriel } from "./oriel.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const execute = promisify(execFile);

/** How long a thing may take before a test says that it did not come, on however loaded a machine. Milliseconds. */
export const PATIENT_MS = 60_000;

export interface BuiltApp extends AsyncDisposable {
  /** The `oriel` command, as it is shipped. */
  readonly command: string;
}

/** The app that the sources give: dist/ where it is up to date, else a build of its own, removed at the end. */
export async function builtApp(): Promise<BuiltApp> {
  const dist = path.join(ROOT, "dist");
  if (isBuilt()) return { command: path.join(dist, "cli.js"), [Symbol.asyncDispose]: async () => undefined };
  const temp = await tempDir("oriel-built-");
  const own = path.join(temp.path, "dist");
  await symlink(path.join(ROOT, "node_modules"), path.join(temp.path, "node_modules"));
  await build("--outDir", own);
  await build("--config", "renderer/vite.config.ts", "--outDir", path.join(own, "renderer"));
  return {
    command: path.join(own, "cli.js"),
    [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose](),
  };
}

async function build(...args: string[]): Promise<void> {
  // Not the mode of tests: vite would take React's development build for it.
  const env = { ...process.env, NODE_ENV: "production" };
  const all = ["node_modules/vite/bin/vite.js", "build", ...args, "--emptyOutDir", "--logLevel", "error"];
  await execute(process.execPath, all, { cwd: ROOT, env });
}

export interface StartedWindow extends AsyncDisposable {
  readonly oriel: TestOriel;
  /** What `start` printed: the page's address with its token. */
  readonly url: string;
}

export interface StartHow {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What to do to the data directory before anything runs on it. */
  readonly fill?: (dataDir: string) => Promise<void>;
}

/** Starts the built app on a data directory of its own, with `start --no-open` and these arguments. */
export async function startWindow(
  { command }: BuiltApp,
  { args = [], env = {}, fill }: StartHow = {},
): Promise<StartedWindow> {
  const oriel = await createOriel({ SHELL: "/bin/bash", PS1: "$ ", ...env }, command);
  await fill?.(oriel.dataDir);
  const started = oriel.start("start", "--no-open", ...args);
  if (!started.process.stdout) throw new Error("no stdout");
  const said = once(createInterface({ input: started.process.stdout }), "line").then(([line]) =>
    String(line),
  );
  const line = await Promise.race([said, started.finished.then(({ stderr }) => `It ended: ${stderr}`)]);
  const [, url] = /^Oriel is ready at (http:\S+)$/.exec(line) ?? [];
  if (url === undefined) {
    await oriel[Symbol.asyncDispose]();
    throw new Error(`not the line that "start" prints: ${line}`);
  }
  return { oriel, url, [Symbol.asyncDispose]: () => oriel[Symbol.asyncDispose]() };
}

export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page threw, and what it or the browser complained about in the console. */
  readonly errors: readonly string[];
}

/** Opens an address in a context of its own, with terminals that can be read: in the mode for screen readers. */
export async function openPage(
  browser: Browser,
  url: string,
  theme: "dark" | "light" = "dark",
): Promise<OpenedPage> {
  const context = await browser.newContext({
    colorScheme: theme,
    // A colour on its way to another is neither.
    reducedMotion: "reduce",
    viewport: { width: 1440, height: 900 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error.stack)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  await page.addInitScript(() => {
    const state = { fontSize: 12, screenReader: true };
    localStorage.setItem("oriel.terminal", JSON.stringify({ state, version: 1 }));
  });
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** What a browser says by itself when nothing answers at an address. */
export const isOutage = (error: string): boolean =>
  /net::ERR_CONNECTION_(REFUSED|RESET)|WebSocket connection to .* failed/.test(error);

/** More stops than any view has. */
const MAX_TABS = 200;

/** Presses Tab, or another key, until what is wanted has the focus, as a person without a mouse does. */
export async function tabTo(
  page: Page,
  wanted: Locator,
  key: "Tab" | "Shift+Tab" | "ArrowDown" = "Tab",
): Promise<void> {
  await wanted.waitFor();
  for (let pressed = 0; pressed < MAX_TABS; pressed += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`no key leads to ${String(wanted)}`);
}

/** What stands of a page in a failure, in characters: a log cuts off what is longer. */
const MOST_SHOWN = 12_000;

/** Does what is given; a failure comes with what the page showed then, as a screen reader has it. */
export async function explained(page: Page, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    // A page that has crashed, for example.
    const all = await page
      .locator("body")
      .ariaSnapshot()
      .catch((cause: unknown) => String(cause));
    // Rows of a screen without text.
    const shown = all.replaceAll(/^ *- listitem\n/gm, "").slice(0, MOST_SHOWN);
    // At both ends: where a log is cut, one of them is left.
    throw new Error(`${message}\n\nThe page showed:\n${shown}\n\n${message}`, { cause: error });
  }
}

/** Which rules of axe a view breaks so that it is serious or critical, and where. */
export async function seriousFlaws(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
