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

export const screenOf = (page: Page): Locator => page.locator(".xterm-accessibility-tree");
export const keysOf = (page: Page): Locator => page.getByRole("textbox", { name: "Terminal input" });
