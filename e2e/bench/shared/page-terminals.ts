/** Terminals in pages, timed in the page itself: from the key that starts a flood to the frame that shows its end. */
import { createServer } from "node:http";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { until } from "../../driver/until.ts";
import { PATIENT_MS } from "../../driver/window.ts";

export interface PageTerminal {
  readonly page: Page;
  /** Types a command at the prompt. */
  run(command: string): Promise<void>;
  /** Resolves when the terminal's title is `word`. */
  titled(word: string): Promise<void>;
  /** Presses a key. Resolves with the milliseconds until the frame after the terminal's title has become `word`. */
  pressUntil(key: string, word: string): Promise<number>;
}

/** A page with the clipboard, in a context of its own. */
export async function openContext(browser: Browser, watch?: () => void): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    // What asks the page is text, which the policy of ours forbids to run.
    bypassCSP: true,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENT_MS);
  if (watch) await page.addInitScript(watch);
  return page;
}

/** Of the terminal that has the keys; `title` selects where the page shows what it is called. */
export function pageTerminal(page: Page, title: string): PageTerminal {
  const shows = (word: string) =>
    `[...document.querySelectorAll(${JSON.stringify(title)})].some((each) => each.textContent.includes(${JSON.stringify(word)}))`;
  return {
    page,
    async run(command) {
      await page.keyboard.type(command);
      await page.keyboard.press("Enter");
    },
    async titled(word) {
      await page.waitForFunction(shows(word), undefined, { polling: 50 });
    },
    async pressUntil(key, word) {
      await page.evaluate(`{
        let started = null;
        addEventListener("keydown", () => (started = performance.now()), { capture: true, once: true });
        window.taken = new Promise((resolve) => {
          const observer = new MutationObserver(() => {
            if (!(${shows(word)})) return;
            observer.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - started)));
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        });
        // Not the promise, which would be waited for here.
        undefined;
      }`);
      await page.keyboard.press(key);
      return page.evaluate<number>("window.taken");
    },
  };
}

/** What is on the screen and in the scrollback of Oriel's terminal, as a person copies it. */
export async function copyAll(page: Page): Promise<readonly string[]> {
  await page.evaluate("navigator.clipboard.writeText('')");
  await page.keyboard.press("Control+Shift+A");
  await page.keyboard.press("Control+Shift+C");
  const text = await until(
    async () => (await page.evaluate<string>("navigator.clipboard.readText()")) || null,
  );
  return text.split("\n");
}

/** A window of code-server, with the keys in its terminal. */
export async function openCodeServer(browser: Browser, url: string): Promise<PageTerminal> {
  const page = await openContext(browser);
  await page.goto(url);
  await page.locator(".monaco-workbench .explorer-folders-view").waitFor();
  await page.keyboard.press("Control+Backquote");
  await page.locator(".terminal .xterm-screen").click();
  const terminal = pageTerminal(page, ".single-terminal-tab");
  await terminal.run("printf '\\e]2;here\\a'");
  await terminal.titled("here");
  return terminal;
}

const PARSE = `async ({ cols, rows, piece, ahead }) => {
  const text = new Uint8Array(await (await fetch("/text")).arrayBuffer());
  const terminal = new Terminal({ cols, rows, scrollback: 10000, fontSize: 12 });
  terminal.open(document.body);
  terminal.loadAddon(new WebglAddon.WebglAddon());
  const started = performance.now();
  await new Promise((resolve) => {
    let at = 0;
    const next = () => {
      if (at >= text.length) return;
      const bytes = text.subarray(at, (at += piece));
      terminal.write(bytes, at >= text.length ? resolve : next);
    };
    for (let one = 0; one < ahead; one += 1) next();
  });
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  const taken = performance.now() - started;
  terminal.dispose();
  return taken;
}`;

/** Milliseconds that xterm.js alone takes for the text in a file: parsed and drawn, without anything else in the page. */
export async function timeBareXterm(
  browser: Browser,
  file: string,
  size: { readonly cols: number; readonly rows: number },
): Promise<number> {
  const { resolve } = createRequire(import.meta.url);
  const head = `<!doctype html><link rel="stylesheet" href="/xterm.css"><script src="/xterm.js"></script><script src="/webgl.js"></script>`;
  const files: Readonly<Record<string, string>> = {
    "/xterm.js": resolve("@xterm/xterm"),
    "/xterm.css": resolve("@xterm/xterm/css/xterm.css"),
    "/webgl.js": resolve("@xterm/addon-webgl"),
    "/text": file,
  };
  const server = createServer(({ url = "/" }, response) => {
    const served = files[url];
    if (served === undefined) response.writeHead(200, { "content-type": "text/html" }).end(head);
    else
      createReadStream(served).pipe(
        response.setHeader("content-type", url.endsWith(".css") ? "text/css" : "text/javascript"),
      );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const page = await openContext(browser);
  try {
    await page.goto(`http://127.0.0.1:${address.port}/`);
    return await page.evaluate<number>(
      `(${PARSE})(${JSON.stringify({ ...size, piece: 65_536, ahead: 16 })})`,
    );
  } finally {
    await page.context().close();
    server.closeAllConnections();
    server.close();
  }
}
