import { once } from "node:events";
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { findChromium } from "../../scripts/bootstrap/chromium.mjs";

const executablePath = findChromium();

/** Chromium's own calls to the network, which have no place in a test. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

// Where nobody sits at the machine, a browser that is missing is a failure; elsewhere it is the person's choice.
test.skipIf(executablePath === null && !process.env["CI"])(
  "Chromium loads a page from loopback and runs it",
  async () => {
    if (executablePath === null)
      throw new Error("no Chromium here: install one, or name it in ORIEL_CHROMIUM");
    await using server = await serve(
      "<title>street</title><button onclick='this.textContent = 6 * 7'>?</button>",
    );
    // Chromium's own sandbox does not work as root.
    const chromiumSandbox = process.platform !== "linux" || process.getuid?.() !== 0;
    const browser = await chromium.launch({ executablePath, chromiumSandbox, args: QUIET });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await page.getByRole("button").click();
      expect([await page.title(), await page.getByRole("button").textContent()]).toEqual(["street", "42"]);
    } finally {
      await browser.close();
    }
  },
);

async function serve(html: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end(html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
