/** The page on fixture stores in a real Chromium: renderer/testing, built in memory and served on loopback. */
import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";
import type { Page } from "playwright-core";
import { build } from "vite";
import { findChromium } from "../../scripts/bootstrap/chromium.mjs";

export interface Harness extends AsyncDisposable {
  /** A fresh page with this scene, in a context of its own, once the app is there. */
  open(scene: string, how?: OpenHow): Promise<Page>;
}

export interface OpenHow {
  readonly theme?: "dark" | "light";
  readonly width?: number;
  readonly height?: number;
  /** What to do to the page before it loads. */
  readonly before?: (page: Page) => Promise<unknown>;
}

const RENDERER = path.join(import.meta.dirname, "../../renderer");
const MIME: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The files of the built harness, by path. Nothing is written to disk. */
async function buildHarness(): Promise<ReadonlyMap<string, string | Uint8Array>> {
  const built = await build({
    configFile: path.join(RENDERER, "vite.config.ts"),
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: { input: path.join(RENDERER, "testing/harness.html") },
    },
  });
  if (!Array.isArray(built) && !("output" in built)) throw new Error("a build that watches has no output");
  const outputs = Array.isArray(built) ? built : [built];
  return new Map(
    outputs.flatMap(({ output }) =>
      output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source] as const),
    ),
  );
}

/** Chromium's own calls to the network, which have no place in a test. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Builds the harness, serves it and starts a browser. Throws where there is no Chromium. */
export async function openHarness(): Promise<Harness> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error("no Chromium here: install one, or name it in ORIEL_CHROMIUM");
  const files = await buildHarness();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://harness");
    const file = files.get(pathname);
    const type = MIME[path.extname(pathname)] ?? "application/octet-stream";
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": type }).end(file);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");

  // Chromium's own sandbox does not work as root.
  const chromiumSandbox = process.platform !== "linux" || process.getuid?.() !== 0;
  const browser = await chromium.launch({ executablePath, chromiumSandbox, args: QUIET });
  return {
    async open(scene, { theme = "dark", width = 1440, height = 900, before } = {}) {
      // A colour on its way to another is neither.
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      // Whatever the page throws is the test's failure, not a line in a console that nobody reads.
      const failed = new Promise<never>((_, reject) => page.once("pageerror", reject));
      await before?.(page);
      await page.goto(`http://127.0.0.1:${address.port}/testing/harness.html?scene=${scene}&theme=${theme}`);
      // The theme comes with the window's other effects, its keys among them.
      await Promise.race([page.locator("html[data-theme] [data-app]").waitFor(), failed]);
      failed.catch((error: unknown) => {
        throw error;
      });
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
