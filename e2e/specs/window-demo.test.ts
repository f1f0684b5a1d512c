/** The built app without a key or a network: the demo in both themes, by keys alone, and the way in from nothing. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_TASKS } from "#shared/agent/demo-tasks.ts";
import { launchBrowser } from "../driver/browser.ts";
import { builtApp, explained, openPage, seriousFlaws, startWindow, tabTo } from "../driver/window.ts";
import type { BuiltApp } from "../driver/window.ts";

/** How long the demo may take before a test says that it does not end. Milliseconds. */
const DEMO_MS = 180_000;
const TITLES = DEMO_TASKS.map(({ title }) => title);

let built: BuiltApp;
let browser: Browser;
beforeAll(async () => {
  [built, browser] = await Promise.all([builtApp(), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser.close();
  await built[Symbol.asyncDispose]();
});

const pane = (page: Page, title: string): Locator => page.getByRole("region", { name: title, exact: true });

test(
  "the demo ends with four changes to review; every view and dialog opens and closes by keys, in both themes",
  async () => {
    await using window = await startWindow(built, { args: ["--demo"] });
    for (const theme of ["dark", "light"] as const) {
      await using opened = await openPage(browser, window.url, theme);
      const { page } = opened;
      await explained(page, async () => {
        await page.locator(`html[data-theme=${theme}]`).waitFor();
        const ready = page.getByRole("navigation").getByRole("region", { name: "Ready 4" });
        // Four sessions' whole work, beside whatever else this machine does.
        await ready.waitFor({ timeout: DEMO_MS });
        const rows = await ready.getByRole("button").evaluateAll((all) => all.map((row) => row.textContent));
        expect(TITLES.filter((title) => !rows.some((row) => row.includes(title)))).toEqual([]);
        await openPane(page, TITLES[0] ?? "");
        await walkLayouts(page);
        await walkDialogs(page);
        expect(await seriousFlaws(page)).toEqual([]);
        expect(opened.errors).toEqual([]);
      });
    }
  },
  DEMO_MS + 180_000,
);

test("a page that came without its script says so, and is the app when it is loaded again", async () => {
  await using window = await startWindow(built);
  await using opened = await openPage(browser, "about:blank", "dark");
  const { page } = opened;
  await page.route("**/*.js", (route) => route.abort());
  await page.goto(window.url);
  const words = page.getByText("Oriel's page is still coming.");
  await words.waitFor();
  await page.unroute("**/*.js");
  await page.reload();
  await page.getByRole("button", { name: "Try the sample project" }).waitFor();
  expect(await words.count()).toBe(0);
});

/** From the list, with the arrows. */
async function openPane(page: Page, title: string): Promise<void> {
  await tabTo(page, page.getByRole("button", { name: "New", exact: true }));
  await page.keyboard.press("Tab");
  const row = page.getByRole("navigation").getByRole("button", { name: title });
  await tabTo(page, row, "ArrowDown");
  await page.keyboard.press("Enter");
  await pane(page, title).waitFor();
}

/** Columns, wall, one alone, and columns again. */
async function walkLayouts(page: Page): Promise<void> {
  await page.keyboard.press("Control+\\");
  const tiles = page.getByRole("list", { name: "All sessions" }).getByRole("button");
  await tiles.nth(TITLES.length - 1).waitFor();
  await page.keyboard.press("Control+\\");
  const [title = ""] = TITLES;
  await pane(page, title).getByRole("region", { name: "Diff and terminal" }).waitFor();
  await pane(page, title)
    .getByRole("region", { name: "Changes" })
    .getByRole("button", { name: /discounts\.js/ })
    .first()
    .waitFor();
  await page.keyboard.press("Control+\\");
  await page.getByRole("radio", { name: "Columns", checked: true }).waitFor();
}

/** Each opens by its key, has the focus, and gives it back at Escape. */
async function walkDialogs(page: Page): Promise<void> {
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest("[data-pane]")?.getAttribute("data-pane"));
  await tabTo(page, page.getByRole("textbox", { name: `Message to ${TITLES[0]}` }));
  const before = await focused();
  for (const [key, name] of [
    ["Control+k", "Find a session or a command"],
    ["Control+,", "Settings"],
    ["Control+/", "Shortcuts"],
    ["Control+i", "New sessions"],
  ] as const) {
    await page.keyboard.press(key);
    const dialog = page.getByRole("dialog", { name });
    await dialog.waitFor();
    // Without a key, who has used the demo goes on with it.
    if (name === "New sessions") await dialog.getByText(/^Offline demo \(recipes\) · /).waitFor();
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
  }
  expect(before).not.toBeNull();
  expect(await focused()).toBe(before);
}

test("from nothing, one click has agents at work", async () => {
  await using window = await startWindow(built);
  await using opened = await openPage(browser, window.url);
  const { page, errors } = opened;
  await explained(page, async () => {
    await page.getByRole("button", { name: "Try the sample project" }).click();
    for (const title of TITLES) await pane(page, title).waitFor();
    await page
      .getByRole("button", { name: /^Plan \d/ })
      .first()
      .waitFor();
    expect(
      await page
        .getByRole("navigation")
        .getByRole("region", { name: /^Needs you/ })
        .count(),
    ).toBe(0);
    expect(errors).toEqual([]);
  });
}, 120_000);
