/** A terminal comes with the last lines of its scrollback, and has the rest when somebody looks or needs it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { openPanes, untilTrue } from "#e2e/driver/panes.ts";
import type { Attached, Panes } from "#e2e/driver/panes.ts";
import type { ScreenHeader } from "#shared/terminal/protocol.ts";
import { until } from "#e2e/driver/until.ts";
import { cellIn, gridOf, keysOf, rowsOf, screenOf, shown } from "#e2e/driver/terminal-pane.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const linesFrom = (first: number): string =>
  Array.from({ length: 400 - first }, (_, n) => `line ${first + n}.\r\n`).join("") + "$ ";
const SHORT = linesFrom(200);
const WHOLE = linesFrom(0);
const END = 5000;
/** After which a terminal that is looked at and calm has surely asked. */
const LONG_MS = 5000;

/** Behind it, `asked` has what the page asked for before it. */
const send = async (host: Attached, text: string, header: Partial<ScreenHeader> & { offset: number }) => {
  const acks = ({ wishes }: Attached): number =>
    wishes.filter((wish) => wish.type === "ack" && wish.offset === header.offset).length;
  const before = acks(host);
  const { cols, rows } = gridOf(host);
  host.screen(text, { cols, rows, ...header });
  await host.until((now) => acks(now) > before);
};
async function openShort(): Promise<{ page: Page; host: Attached }> {
  const page = await panes.open("pane=terminal&screenReader=true");
  await page.clock.install();
  const host = await panes.attached();
  await host.until(({ wishes }) =>
    ["screens", "resize"].every((type) => wishes.some((wish) => wish.type === type)),
  );
  await send(host, SHORT, { offset: END, short: true });
  return { page, host };
}

/** What screens the page has asked for, in turn. */
const asked = ({ wishes }: Attached): boolean[] =>
  wishes.flatMap((wish) => (wish.type === "screens" ? [wish.short] : []));
const untilWhole = (host: Attached): Promise<void> => host.until((now) => asked(now).at(-1) === false);
const sendWhole = (host: Attached, offset = END): Promise<void> => send(host, WHOLE, { offset });
const copied = (page: Page, is: string): Promise<void> =>
  untilTrue(page, `navigator.clipboard.readText().then((text) => ${is})`);
/** The first line in sight a page above the end, of so many that the terminal has. */
async function pageAbove(page: Page, host: Attached, lines: number): Promise<string> {
  const { rows } = gridOf(host);
  const row = screenOf(page).locator(`[aria-setsize="${lines}"][aria-posinset="${lines - 2 * rows + 2}"]`);
  return until(async () => (await row.textContent()) || null);
}
const rowOf = (page: Page, text: string) => rowsOf(page).getByText(text, { exact: true });

test("short screens will do until somebody looks: by pointer, or with the keys", async () => {
  const { page, host } = await openShort();
  await page.clock.fastForward(LONG_MS);
  await send(host, SHORT, { offset: END, short: true });
  expect(asked(host)).toEqual([true]);
  const { x, y } = await cellIn(page, host, 3, 3);
  await page.mouse.move(x, y);
  await untilWhole(host);
  await sendWhole(host);
  // The next one may be short again.
  await host.until((now) => asked(now).at(-1) === true);
  await send(host, SHORT, { offset: END, short: true });
  await untilWhole(host);
  await page.mouse.move(0, 0);
  await host.until((now) => asked(now).at(-1) === true);
  await keysOf(page).focus();
  await untilWhole(host);
});

test("who scrolls up has the lines above, and stays at the same ones; new screens are whole until they are back", async () => {
  const { page, host } = await openShort();
  await keysOf(page).focus();
  await page.keyboard.press("Shift+PageUp");
  await untilWhole(host);
  const seen = await pageAbove(page, host, 201);
  await sendWhole(host);
  expect(await pageAbove(page, host, 401)).toBe(seen);
  const behind = page.getByRole("button", { name: "New output" });
  // A prompt that is drawn again is none.
  host.output(END, "\r$ ");
  await shown(host, END + 3);
  expect(await behind.count()).toBe(0);
  await sendWhole(host, END + 10);
  expect(asked(host)).toEqual([true, false]);
  await behind.waitFor();
  expect(await pageAbove(page, host, 401)).toBe(seen);
  await page.keyboard.press("Shift+PageDown");
  await host.until((now) => asked(now).at(-1) === true);
});

/** Draws a selection from the left of the third row on. The button stays down. */
async function draw(page: Page, host: Attached): Promise<void> {
  const { x, y } = await cellIn(page, host, 1, 2);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 40, y, { steps: 3 });
}

test("a selection that is being drawn goes on when the lines above come, and stays when they are there", async () => {
  const { page, host } = await openShort();
  await draw(page, host);
  await untilWhole(host);
  const { cols, rows } = gridOf(host);
  host.screen(WHOLE, { offset: END, cols, rows });
  host.output(END, "make");
  const to = await cellIn(page, host, 7, 2);
  await page.mouse.move(to.x + 2, to.y);
  await page.mouse.up();
  // They waited for it.
  await shown(host, END + "make".length);
  await page.keyboard.press("Control+Shift+C");
  await copied(page, "/^i?ne \\d\\d\\d$/.test(text)");
  expect(host.input).toBe("");
});

test("what is selected stays selected also where lines come meanwhile, but not where it would be other text", async () => {
  const { page, host } = await openShort();
  await draw(page, host);
  await page.mouse.up();
  await untilWhole(host);
  await page.keyboard.press("Control+Shift+C");
  await copied(page, "/^i?ne \\d/.test(text)");
  const before = await page.evaluate("navigator.clipboard.readText()");
  await page.evaluate("navigator.clipboard.writeText('')");
  await send(host, `${WHOLE}make\r\nmade\r\n$ `, { offset: END + 20 });
  await page.keyboard.press("Control+Shift+C");
  await copied(page, `text === ${JSON.stringify(before)}`);
  // A short one has it at another line, and the next at the same.
  for (const offset of [END + 22, END + 24]) {
    await page.evaluate("navigator.clipboard.writeText('')");
    await send(host, `${SHORT}make\r\nmade\r\n$ `, { offset, short: true });
    await page.keyboard.press("Control+Shift+C");
    await copied(page, `text === ${JSON.stringify(before)}`);
  }
  await send(host, WHOLE, { offset: END + 26 });

  await send(host, SHORT, { offset: END + 30, short: true });
  await untilWhole(host);
  await draw(page, host);
  await page.mouse.up();
  await page.evaluate("navigator.clipboard.writeText('mine')");
  await send(host, WHOLE.replaceAll("line", "text"), { offset: END + 40 });
  await page.keyboard.press("Control+Shift+C");
  await page.keyboard.type("x");
  await host.until(({ input }) => input === "x");
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("mine");
});

test("all is all: it is copied when it has come, and what there is where the host is lost", async () => {
  const { page, host } = await openShort();
  await keysOf(page).focus();
  await page.keyboard.press("Control+Shift+A");
  await page.keyboard.press("Control+Shift+C");
  await untilWhole(host);
  await sendWhole(host);
  await copied(page, "text.startsWith('line 0.') && text.includes('line 399.')");

  await send(host, SHORT, { offset: END + 10, short: true });
  await page.keyboard.press("Control+Shift+A");
  await untilWhole(host);
  panes.refuse(true);
  host.cut();
  await page.getByText("Reconnecting…").waitFor();
  await page.keyboard.press("Control+Shift+C");
  await copied(page, "text.startsWith('line 200.') && text.includes('line 399.')");
  panes.refuse(false);
  expect(host.input).toBe("");
});

test("find searches all of it, and shows the same match when the lines above come", async () => {
  const { page, host } = await openShort();
  await keysOf(page).focus();
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).fill("99.");
  // The first of "line 299." and "line 399.".
  await page.getByText("1 of 2").waitFor();
  await untilWhole(host);
  await sendWhole(host);
  await page.getByText("3 of 4").waitFor();
  await rowOf(page, "line 299.").waitFor();
  await page.getByRole("textbox", { name: "Find" }).fill("line 7.");
  await page.getByText("1 of 1").waitFor();
  await rowOf(page, "line 7.").waitFor();
  await page.keyboard.press("Escape");
  expect(host.input).toBe("");
});

test("a command above what has come is jumped to when it has come", async () => {
  const { page, host } = await openShort();
  await keysOf(page).focus();
  await page.keyboard.press("Control+ArrowUp");
  await untilWhole(host);
  await send(host, WHOLE, { offset: END, marks: [{ line: 30, state: "done", exitCode: 0 }] });
  await rowOf(page, "line 30.").waitFor();
  expect(host.input).toBe("");
});

test("a command is jumped to also when the find bar has made the terminal another size", async () => {
  const { page, host } = await openShort();
  await send(host, WHOLE, { offset: END, marks: [{ line: 0, state: "done", exitCode: 0 }] });
  const { rows } = gridOf(host);
  await keysOf(page).focus();
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).fill("line 77.");
  await page.getByText("1 of 1").waitFor();
  await host.until((now) => gridOf(now).rows < rows);
  await page.keyboard.press("Escape");
  await host.until((now) => gridOf(now).rows === rows);
  await page.keyboard.press("Control+ArrowUp");
  await rowOf(page, "line 0.").waitFor();
  expect(host.input).toBe("");
});

const FLOOD = `${"x".repeat(100_000)}\r\n`;

test("a terminal that floods is not asked for all while it does; a host that comes back is told what is wanted", async () => {
  const { page, host } = await openShort();
  await page.clock.pauseAt(Date.now() + 60_000);
  await keysOf(page).focus();
  let at = END;
  const flood = async (): Promise<void> => {
    host.output(at, FLOOD);
    at += FLOOD.length;
    const all = shown(host, at).then(() => true);
    await until(async () => (await page.clock.runFor(1), Promise.race([all, Promise.resolve(null)])));
  };
  for (let pieces = 0; pieces < 8; pieces += 1) {
    await flood();
    await page.clock.runFor(100);
  }
  await flood();
  expect(asked(host)).toEqual([true]);
  await page.clock.runFor(1000);
  await untilWhole(host);
  await page.clock.resume();
  host.cut();
  const again = await panes.attached();
  await untilWhole(again);
  expect(asked(again)).toEqual([false]);
});

test("a whole screen at first needs no other", async () => {
  const { page, host } = await openShort();
  await sendWhole(host);
  await keysOf(page).focus();
  await page.clock.fastForward(LONG_MS);
  await page.keyboard.type("x");
  await host.until(({ input }) => input === "x");
  expect(asked(host)).toEqual([true]);
});
