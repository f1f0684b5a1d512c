/** The built page in a Chromium, with the terminals of some sessions side by side; its renderer can be killed. */
import type { Browser, Page } from "playwright-core";
import { explained, isOutage, PATIENT_MS } from "../driver/window.ts";
import { patiently } from "./patience.ts";

export interface ShownPage extends AsyncDisposable {
  /** kill -9 of the process that the page is in. False where it is gone already. */
  kill(): Promise<boolean>;
  /** Opens it again where it was killed. */
  revive(): Promise<void>;
  /** Resolves when the pane of each session shows one of the lines that are wanted for it. */
  shows(wanted: ReadonlyMap<string, readonly ShownLine[]>): Promise<void>;
  /** What the page threw since the last call, or complained about, but for a host that does not answer. */
  errors(): readonly string[];
}

/** A line that the program with this label printed by itself, or a later one. */
export interface ShownLine {
  readonly label: string;
  readonly atLeast: number;
}

const isCrash = (error: unknown): boolean => error instanceof Error && /crashed/.test(error.message);

/** `browser` must have no other page. `sessions`: id to title. */
export async function showSessions(
  browser: Browser,
  url: string,
  sessions: ReadonlyMap<string, string>,
): Promise<ShownPage> {
  // Wide enough for all panes.
  const context = await browser.newContext({
    reducedMotion: "reduce",
    viewport: { width: 2400, height: 700 },
  });
  const ids = [...sessions.keys()];
  const tabs = Object.fromEntries(ids.map((id) => [id, "terminal"]));
  // Each time: what a page had stored in its last seconds dies with its process.
  await context.addInitScript(
    ([view, terminal]) => {
      localStorage.setItem("oriel.view", JSON.stringify({ state: view, version: 1 }));
      localStorage.setItem("oriel.terminal", JSON.stringify({ state: terminal, version: 1 }));
    },
    [
      { layout: "columns", panes: ids, focused: ids[0], tabs, widths: {}, sidebarOpen: false },
      { fontSize: 12, screenReader: true },
    ] as const,
  );
  const cdp = await browser.newBrowserCDPSession();
  const errors: string[] = [];
  let crashed = false;

  const open = async (): Promise<Page> => {
    const opened = await context.newPage();
    opened.setDefaultTimeout(PATIENT_MS);
    opened.on("crash", () => (crashed = true));
    opened.on("pageerror", (error) => errors.push(String(error.stack)));
    opened.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await opened.goto(url);
    return opened;
  };
  let page = await open();
  const linesOf = async (session: string): Promise<readonly (readonly string[])[]> => {
    const pane = page.getByRole("region", { name: sessions.get(session) ?? "", exact: true });
    const texts = await pane.locator(".xterm-accessibility-tree").allTextContents();
    return [...texts.join("\n").matchAll(/out (\S+) (\d+)/g)];
  };
  return {
    async kill() {
      if (crashed) return false;
      const { processInfo } = await cdp.send("SystemInfo.getProcessInfo");
      // The page's, and one that Chromium keeps for the next page.
      for (const { type, id } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
      await patiently("the page to crash", () => (crashed ? true : null));
      return true;
    },
    async revive() {
      if (!crashed) return;
      // Playwright does not load a page again that has crashed: its tab is opened anew.
      await page.close();
      // Chromium may put a page in a process that was killed a moment ago: that one crashes, too.
      page = await patiently("a page that does not crash", async () => {
        crashed = false;
        const opened = await open().catch((error: unknown) =>
          isCrash(error) ? null : Promise.reject(error),
        );
        return crashed ? null : opened;
      });
    },
    shows: (wanted) =>
      explained(page, async () => {
        for (const [session, lines] of wanted) {
          await patiently(`the terminal of "${sessions.get(session)}" on the page`, async () => {
            const shown = await linesOf(session);
            const fits = ({ label, atLeast }: ShownLine): boolean =>
              shown.some(([, of, number]) => of === label && Number(number) >= atLeast);
            return lines.some(fits) ? true : null;
          });
        }
      }),
    errors: () => errors.splice(0).filter((error) => !isOutage(error)),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
