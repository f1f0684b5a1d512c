/** How a terminal looks, and what of it the person chooses. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { WITH_WEBGL } from "#e2e/driver/browser.ts";
import { answer, openPanes, untilTrue } from "#e2e/driver/panes.ts";
import type { Attached, Panes } from "#e2e/driver/panes.ts";
import {
  cellIn,
  gridOf,
  keysOf,
  openTerminalIn,
  screenOf,
  shown,
  terminal,
} from "#e2e/driver/terminal-pane.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes(WITH_WEBGL);
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const openTerminal = (text: string) => openTerminalIn(panes, text);
const choose = async (page: Page, item: string | RegExp): Promise<void> => {
  await page.getByRole("button", { name: "Terminal menu" }).click();
  await page.getByRole("menuitem", { name: item, exact: true }).click();
};

const isClear = ({ type }: { readonly type: string }): boolean => type === "clear";

test("Clear empties the terminal here and for good, also when the host is away; a full-screen program keeps its screen", async () => {
  const { page, host } = await openTerminal("old text\r\n$ ");
  const old = screenOf(page).getByText("old text");
  await old.waitFor();
  await choose(page, "Clear");
  await host.until(({ wishes }) => wishes.some(isClear));
  await old.waitFor({ state: "detached" });
  // The host shows what is left of it, in the midst of what comes.
  host.screen("$ ", { offset: 40 });
  host.output(40, "new\r\n\x1b[?1049h\x1b[2Jinside");
  await screenOf(page).getByText("inside").waitFor();
  await choose(page, "Clear");
  await page.getByText("It can be cleared when that program has ended.").waitFor();
  expect(await screenOf(page).getByText("inside").count()).toBe(1);
  host.output(63, "\x1b[?1049l");
  await screenOf(page).getByText("$ new").waitFor();
  expect(host.wishes.filter(isClear).length).toBe(1);

  panes.refuse(true);
  host.cut();
  await page.getByText("Reconnecting…").waitFor();
  await choose(page, "Clear");
  panes.refuse(false);
  const again = await panes.attached();
  await again.until(({ wishes }) => wishes.some(isClear));
});

const fits = (host: Attached, is: (cols: number) => boolean): Promise<void> =>
  host.until(() => is(gridOf(host).cols));

test("the text's size is a choice of keys and menu, with limits, that changes the grid and outlives a reload", async () => {
  const query = "pane=terminal&screenReader=true";
  const { page, host } = await openTerminal("$ ");
  const { cols } = gridOf(host);
  await keysOf(page).focus();
  // From 12 pixels to 24 and no further.
  for (let press = 0; press < 15; press += 1) await page.keyboard.press("Control+Shift+Equal");
  await fits(host, (now) => now < cols * 0.55);
  await choose(page, /^Larger text \(24 px\)/);
  await choose(page, /^Smaller text/);
  await choose(page, /^Smaller text/);
  await page.getByRole("button", { name: "Terminal menu" }).click();
  await page.getByRole("menuitem", { name: "Larger text (22 px)" }).waitFor();
  expect(await page.evaluate("localStorage.getItem('oriel.terminal')")).toContain('"fontSize":22');

  await page.goto(new URL(`?${query}`, page.url()).href);
  await host.closed;
  const { cols: chosen } = gridOf(host);
  const again = await panes.attached();
  again.screen("$ ");
  await shown(again, 0);
  expect(gridOf(again).cols).toBe(chosen);
  await keysOf(page).focus();
  for (let press = 0; press < 15; press += 1) await page.keyboard.press("Control+Shift+Minus");
  await fits(again, (now) => now > cols * 1.2);
  await page.getByRole("button", { name: "Terminal menu" }).click();
  await page.getByRole("menuitem", { name: "Larger text (9 px)" }).waitFor();
  expect(again.input + host.input).toBe("");
});

const LOSE_CONTEXT = `[...document.querySelectorAll("canvas")]
  .map((canvas) => canvas.getContext("webgl2"))
  .find((context) => context).getExtension("WEBGL_lose_context").loseContext()`;

/** Drawn by the page's own elements, whose colours can be asked for. */
async function withoutWebgl(page: Page): Promise<void> {
  await page.evaluate(LOSE_CONTEXT);
  await untilTrue(page, "window.panes.contexts() === 0");
}

/** The colours of the terminal, and the tokens that they should be. Each letter that was found is drawn alone. */
const COLOURS = `(() => {
  const spans = [...document.querySelectorAll(".xterm-rows span")];
  const of = (text) => spans.filter((span) => span.textContent === text)
    .map((span) => getComputedStyle(span).backgroundColor);
  const probe = document.body.appendChild(document.createElement("i"));
  const tokens = ["surface", "ansi-red", "find-match", "terminal-selection"].map((name) => {
    probe.style.backgroundColor = "var(--" + name + ")";
    return getComputedStyle(probe).backgroundColor;
  });
  probe.remove();
  const surface = getComputedStyle(document.querySelector(".xterm-scrollable-element")).backgroundColor;
  const shown = [surface, ...of("red"), ...of("m")];
  const [ground, red, match, selected] = tokens;
  return { shown, expected: [ground, red, match, selected, match] };
})()`;

test("another theme changes the terminal's colours and those of what is found, and not which match is the current one", async () => {
  const { page, host } = await openTerminal("\x1b[41mred\x1b[0m match \r\n match \r\n match ");
  await withoutWebgl(page);
  await keysOf(page).focus();
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).fill("match");
  await page.getByText("1 of 3").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 of 3").waitFor();
  const agrees = `(({ shown, expected }) => shown.join() === expected.join())(${COLOURS})`;
  await untilTrue(page, agrees);
  const dark = await page.evaluate(COLOURS);
  await page.evaluate("document.documentElement.dataset.theme = 'light'");
  await untilTrue(page, `document.documentElement.dataset.theme === "light" && ${agrees}`);
  expect(await page.evaluate(COLOURS)).not.toEqual(dark);
  await page.getByText("2 of 3").waitFor();
  expect(host.input).toBe("");
});

const clipboardIs = (page: Page, text: string): Promise<void> =>
  untilTrue(page, `navigator.clipboard.readText().then((text) => text === ${JSON.stringify(text)})`);

test("what is selected by the mouse is copied by key and by menu, and nothing before", async () => {
  const { page, host } = await openTerminal("alpha beta\r\ngamma delta");
  await page.evaluate("navigator.clipboard.writeText('mine')");
  const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    const [start, end] = [await cellIn(page, host, ...from), await cellIn(page, host, ...to)];
    await page.mouse.move(start.x - 2, start.y);
    await page.mouse.down();
    await page.mouse.move(end.x + 2, end.y, { steps: 3 });
    await page.mouse.up();
  };
  await drag([6, 0], [9, 0]);
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("mine");
  await page.keyboard.press("Control+Shift+C");
  await clipboardIs(page, "beta");
  await drag([6, 0], [4, 1]);
  await choose(page, "Copy Ctrl+Shift+C");
  await clipboardIs(page, "beta\ngamma");
  const { x, y } = await cellIn(page, host, 8, 1);
  await page.mouse.dblclick(x, y);
  await page.keyboard.press("Control+Shift+C");
  await clipboardIs(page, "delta");
  expect(host.input).toBe("");
});

test("a page that nobody sees lets go of its terminals, and has a fresh screen when it is seen again", async () => {
  const { page, host } = await openTerminal("before");
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  const hide = (hidden: boolean): Promise<unknown> =>
    page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, get: () => ${hidden} });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await hide(true);
  await host.closed;
  await hide(false);
  const again = await panes.attached();
  expect(again.terminal).toBe("trm_1");
  again.screen("after", { offset: 900 });
  await screenOf(page).getByText("after").waitFor();
  expect(await screenOf(page).getByText("before").count()).toBe(0);
  await keysOf(page).pressSequentially("x");
  await again.until(({ input }) => input === "x");
});

test("an emoji of several is as wide as the daemon has it", async () => {
  const { page, host } = await openTerminal("\u{1f469}\u200d\u{1f469}\u200d\u{1f467}x\x1b[6G!");
  // Two columns, the x, two that are empty, and the mark in the sixth.
  await screenOf(page).getByText("\u{1f469}\u200d\u{1f469}\u200d\u{1f467}x  !", { exact: true }).waitFor();
  expect(host.input).toBe("");
});

test("a screen that is adopted has the mouse and the alternate screen of its program", async () => {
  const { page, host } = await openTerminal("shell\x1b[?1049h\x1b[Hinside\x1b[?1002h\x1b[?1006h");
  await screenOf(page).getByText("inside").waitFor();
  const { x, y } = await cellIn(page, host, 3, 2);
  await page.mouse.click(x, y);
  await host.until(({ input }) => input === "\x1b[<0;4;3M\x1b[<0;4;3m");
  // The encoding of before has a byte for each, and no text for what is far to the right.
  host.output(0, "\x1b[?1006l\x1b[2J\x1b[Hbytes");
  await screenOf(page).getByText("bytes").waitFor();
  const right = await cellIn(page, host, 100, 2);
  await page.mouse.click(right.x, right.y);
  await page.mouse.click(x, y);
  await host.until(({ input }) => input.includes("\x1b[M#"));
  expect(host.input).toBe("\x1b[<0;4;3M\x1b[<0;4;3m\x1b[M $#\x1b[M#$#");
  host.output(20, "\x1b[?1002l\x1b[?1049l");
  await screenOf(page).getByText("shell").waitFor();
  expect(await screenOf(page).getByText("inside").count()).toBe(0);
});

/**
 * Says of each frame, when all that belongs to it has run, whether every terminal has its text in rows, or a canvas whose
 * context the page does not know to be lost.
 */
const WATCH_FRAMES = `window.frames = [];
  const lost = new Set();
  document.addEventListener("webglcontextlost", ({ target }) => lost.add(target), { capture: true });
  const watched = document.body.appendChild(document.createElement("div"));
  watched.style.cssText = "position: fixed; height: 0";
  const isDrawn = (screen) =>
    [...screen.querySelectorAll("canvas:not(.xterm-link-layer)")].some((canvas) => !lost.has(canvas)) ||
    screen.querySelector(".xterm-rows")?.textContent.includes("still here") === true;
  new ResizeObserver(() => {
    window.frames.push([...document.querySelectorAll(".xterm-screen")].every(isDrawn));
  }).observe(watched);
  const next = () => {
    watched.style.width = window.frames.length % 2 + 1 + "px";
    requestAnimationFrame(next);
  };
  next();`;

test("nine terminals share eight WebGL contexts; one that is lost leaves its text on the screen in every frame", async () => {
  const page = await panes.open("pane=terminal&screenReader=true&count=9", { width: 900, height: 2000 });
  const hosts = await Promise.all(Array.from({ length: 9 }, () => panes.attached()));
  for (const host of hosts) host.screen("still here");
  await Promise.all(hosts.map((host) => shown(host, 0)));
  expect(await page.evaluate("window.panes.contexts()")).toBe(8);
  await page.evaluate(WATCH_FRAMES);
  await page.evaluate(`${LOSE_CONTEXT}; window.lostAt = window.frames.length;`);
  await untilTrue(page, "window.panes.contexts() === 7");
  await untilTrue(page, "window.frames.length > window.lostAt + 20");
  expect(await page.evaluate("window.frames.filter((drawn) => !drawn).length")).toBe(0);
  await page.locator(".xterm-rows", { hasText: "still here" }).nth(1).waitFor();
  expect(await page.locator(".xterm-rows", { hasText: "still here" }).count()).toBe(2);
  // Its cells are wider now, and it has less of them.
  await untilTrue(
    page,
    `[...document.querySelectorAll(".xterm")].every((terminal) =>
      terminal.querySelector(".xterm-screen").getBoundingClientRect().right <=
      terminal.getBoundingClientRect().right)`,
  );
});

test("all is copied with one key more, and by the menu without line breaks", async () => {
  const { page } = await openTerminal("alpha\r\nbeta");
  await keysOf(page).focus();
  await page.keyboard.press("Control+Shift+A");
  await page.keyboard.press("Control+Shift+C");
  await untilTrue(page, "navigator.clipboard.readText().then((text) => text.trim() === 'alpha\\nbeta')");
  await page.getByRole("button", { name: "Terminal menu" }).click();
  await page.getByRole("menuitem", { name: "Copy without line breaks" }).click();
  await untilTrue(page, "navigator.clipboard.readText().then((text) => !text.trim().includes('\\n'))");
  const copied = await page.evaluate<string>("navigator.clipboard.readText()");
  expect(copied.trim()).toBe("alpha beta");
});
