/** A terminal's pane in the page of panes.ts. */
import type { Locator, Page } from "playwright-core";
import type { Attached, Panes } from "./panes.ts";

/** With its screen shown. A canvas has no text: the tests read what a screen reader would. */
export async function openTerminalIn(panes: Panes, text: string): Promise<{ page: Page; host: Attached }> {
  const page = await panes.open("pane=terminal&screenReader=true");
  const host = await panes.attached();
  host.screen(text);
  await shown(host, 0);
  return { page, host };
}

/** As the host lists it. */
export const terminal = (id: string, title: string) => ({
  id,
  session: "ses_tests",
  title,
  cols: 80,
  rows: 24,
  exitCode: null,
});

/** Resolves when the page has said that it shows all before that byte. */
export const shown = (host: Attached, offset: number): Promise<void> =>
  host.until(({ wishes }) => wishes.some((wish) => wish.type === "ack" && wish.offset === offset));

/** Follows what is shown within a second. */
export const screenOf = (page: Page): Locator => page.locator(".xterm-accessibility-tree");
/** Follows at once; not where WebGL draws. */
export const rowsOf = (page: Page): Locator => page.locator(".xterm-rows");
export const keysOf = (page: Page): Locator => page.getByRole("textbox", { name: "Terminal input" });

/** Columns and rows as the page said last. */
export function gridOf(host: Attached): { readonly cols: number; readonly rows: number } {
  const told = host.wishes.findLast((wish) => wish.type === "resize");
  if (!told) throw new Error("the page has not said its size");
  return told;
}

/** The middle of a cell, for the mouse; both count from 0. */
export async function cellIn(
  page: Page,
  host: Attached,
  col: number,
  row: number,
): Promise<{ x: number; y: number }> {
  const box = await page.locator(".xterm-screen").boundingBox();
  if (!box) throw new Error("no terminal is shown");
  const { cols, rows } = gridOf(host);
  return { x: box.x + ((col + 0.5) * box.width) / cols, y: box.y + ((row + 0.5) * box.height) / rows };
}
