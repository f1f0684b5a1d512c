/** From where a terminal is scrolled on when its size was another. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPanes } from "#e2e/driver/panes.ts";
import type { Attached, Panes } from "#e2e/driver/panes.ts";
import { cellIn, gridOf, keysOf, openTerminalIn, screenOf } from "#e2e/driver/terminal-pane.ts";
import { until } from "#e2e/driver/until.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const TEXT = Array.from({ length: 400 }, (_, n) => `line ${n}.\r\n`).join("") + "$ ";

/** The first line in sight. */
const topOf = async (page: Page): Promise<number> =>
  Number(await screenOf(page).getByRole("listitem").first().getAttribute("aria-posinset"));
/** When it is another than before. */
async function topAfter(page: Page, scroll: () => Promise<void>): Promise<number> {
  const before = await topOf(page);
  await scroll();
  return until(async () => {
    const top = await topOf(page);
    return top === before ? null : top;
  });
}

type Resize = (page: Page, host: Attached) => Promise<void>;
/** Makes it smaller, and as it was. */
const RESIZES: readonly [string, Resize, Resize][] = [
  [
    "the find bar has come and gone",
    (page) => page.keyboard.press("Control+f"),
    (page) => page.keyboard.press("Escape"),
  ],
  [
    "another window chose the size",
    async (_, host) => {
      const { cols, rows } = gridOf(host);
      host.news({ type: "size", cols, rows: rows - 5 });
    },
    async (_, host) => {
      const { cols, rows } = gridOf(host);
      host.news({ type: "size", cols, rows });
    },
  ],
];

test.each(RESIZES)("the wheel goes on from what is shown when %s", async (_, shrink, grow) => {
  const { page, host } = await openTerminalIn(panes, TEXT);
  const { rows } = gridOf(host);
  const { x, y } = await cellIn(page, host, 3, 3);
  await page.mouse.move(x, y);
  await keysOf(page).focus();
  const wheel = (): Promise<number> => topAfter(page, () => page.mouse.wheel(0, -200));
  const end = 401 - rows + 1;
  await until(async () => (await topOf(page)) === end || null);
  const by = end - (await wheel());
  const less = (await topAfter(page, () => shrink(page, host))) - (end - by);
  expect(less).toBeGreaterThan(1);
  expect(await wheel()).toBe(end + less - 2 * by);
  expect(await topAfter(page, () => grow(page, host))).toBe(end - 2 * by);
  expect(await wheel()).toBe(end - 3 * by);
});
