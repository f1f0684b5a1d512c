/** The page on fixture stores in a real Chromium: renderer/testing. */
import type { Page } from "playwright-core";
import { launchBrowser, PLAIN_DRAWING } from "./browser.ts";
import { serveTestPages } from "./test-pages.ts";

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

/** Serves the harness and starts a browser. Throws where there is no Chromium. */
export async function openHarness(): Promise<Harness> {
  const owned = new AsyncDisposableStack();
  const pages = owned.use(await serveTestPages());
  const browser = owned.use(await launchBrowser(PLAIN_DRAWING));
  return {
    async open(scene, { theme = "dark", width = 1440, height = 900, before } = {}) {
      // A colour on its way to another is neither.
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      // Whatever the page throws is the test's failure, not a line in a console that nobody reads.
      const failed = new Promise<never>((_, reject) => page.once("pageerror", reject));
      await before?.(page);
      await page.goto(`${pages.harness}?scene=${scene}&theme=${theme}`);
      // The theme comes with the window's other effects, its keys among them.
      await Promise.race([page.locator("html[data-theme] [data-app]").waitFor(), failed]);
      failed.catch((error: unknown) => {
        throw error;
      });
      return page;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
