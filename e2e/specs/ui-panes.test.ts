import { afterAll, beforeAll, expect, test } from "vitest";
import { WITH_WEBGL } from "#e2e/driver/browser.ts";
import { answer, openPanes, refuseVerb, untilTrue } from "#e2e/driver/panes.ts";
import type { Panes } from "#e2e/driver/panes.ts";
import {
  cellIn,
  gridOf,
  keysOf,
  openTerminalIn,
  screenOf,
  shown,
  terminal,
} from "#e2e/driver/terminal-pane.ts";
import type { TerminalWish } from "#shared/terminal/protocol.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes(WITH_WEBGL);
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const openTerminal = (text: string) => openTerminalIn(panes, text);

test("the first look opens a terminal, at the pane's size; keys go out, output comes in", async () => {
  const { page, host } = await openTerminal("ada@box:~$ ");
  expect(host.terminal).toBe("trm_1");
  await page.getByRole("tab", { name: "1: bash" }).waitFor();
  await keysOf(page).pressSequentially("ls -a");
  await page.keyboard.press("Escape");
  await host.until(({ input }) => input === "ls -a\x1b");
  host.output(0, "README.md 日本\r\n");
  await screenOf(page).getByText("README.md 日本").waitFor();
  await shown(host, 18);

  const before = host.wishes.findLast((wish) => wish.type === "resize");
  await page.setViewportSize({ width: 500, height: 400 });
  await host.until(({ wishes }) => wishes.findLast((wish) => wish.type === "resize") !== before);
  const after = host.wishes.findLast((wish) => wish.type === "resize");
  expect([before?.cols, after?.cols].map((cols) => (cols ?? 0) > 80)).toEqual([true, false]);
});

const isResize = ({ type }: TerminalWish): boolean => type === "resize";

test("the size that another page chose stays, whatever screens come, until somebody types here or comes", async () => {
  const { page, host } = await openTerminal("$ ");
  await keysOf(page).focus();
  const here = gridOf(host);
  const theirs = { cols: 60, rows: 20 };
  const said = host.wishes.length;
  host.news({ type: "size", ...theirs });
  host.screen("cleared", { ...theirs, offset: 10 });
  await shown(host, 10);
  expect(host.wishes.slice(said).filter(isResize)).toEqual([]);
  host.cut();
  const again = await panes.attached();
  again.screen("back\x1b[?1003h\x1b[?1006h", { ...theirs, offset: 20 });
  await shown(again, 20);
  const { x, y } = await cellIn(page, host, 10, 5);
  await page.mouse.move(x, y);
  await again.until(({ input }) => input.startsWith("\x1b[<35;"));
  expect(again.wishes.filter(isResize)).toEqual([]);
  await page.keyboard.type("x");
  const isHere = (wish: TerminalWish | undefined): boolean =>
    wish?.type === "resize" && wish.cols === here.cols && wish.rows === here.rows;
  await again.until(({ input, wishes }) => input.endsWith("x") && isHere(wishes.findLast(isResize)));

  const before = again.wishes.length;
  again.news({ type: "size", ...theirs });
  again.screen("theirs", { ...theirs, offset: 30 });
  await screenOf(page).getByText("theirs").waitFor();
  await keysOf(page).blur();
  await keysOf(page).focus();
  await again.until(({ wishes }) => isHere(wishes.slice(before).findLast(isResize)));
});

test("a terminal with room for a row alone is one that the host takes", async () => {
  const { page, host } = await openTerminal("$ ");
  await page.setViewportSize({ width: 900, height: 60 });
  await host.until((now) => gridOf(now).rows <= 2);
  expect(gridOf(host).rows).toBe(2);
});

test("a hidden terminal lets go; showing it paints the host's screen", async () => {
  const { page, host } = await openTerminal("before");
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  await page.evaluate("window.panes.setVisible(false)");
  await host.closed;
  expect(await page.evaluate("window.panes.contexts()")).toBe(0);
  await page.evaluate("window.panes.setVisible(true)");
  const again = await panes.attached();
  again.screen("after", { offset: 900 });
  await screenOf(page).getByText("after").waitFor();
  expect(await screenOf(page).getByText("before").count()).toBe(0);
});

test("however often a terminal is hidden and shown, it has one WebGL context, and none while it is hidden", async () => {
  const { page, host } = await openTerminal("$ ");
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  const counts: unknown[] = [];
  const count = async () => counts.push(await page.evaluate("window.panes.contexts()"));
  await count();
  for (let cycle = 0, seen = host; cycle < 12; cycle += 1) {
    await page.evaluate("window.panes.setVisible(false)");
    await seen.closed;
    await count();
    await page.evaluate("window.panes.setVisible(true)");
    seen = await panes.attached();
    await count();
  }
  expect(counts).toEqual([1, ...Array.from({ length: 12 }, () => [0, 1]).flat()]);
});

test("what is searched for is found again in a terminal that was hidden meanwhile", async () => {
  const { page, host } = await openTerminal("one match");
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  await keysOf(page).focus();
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).fill("match");
  await page.getByText("1 of 1").waitFor();
  await page.evaluate("window.panes.setVisible(false)");
  await host.closed;
  await page.evaluate("window.panes.setVisible(true)");
  (await panes.attached()).screen("a match, another match");
  await page.getByText(/^\d of 2$/).waitFor();
  expect(await page.getByRole("textbox", { name: "Find" }).inputValue()).toBe("match");
});

test("the room around the grid is the terminal's: a click there gives it the keys", async () => {
  const { page, host } = await openTerminal("$ ");
  const screen = await page.locator(".xterm-screen").boundingBox();
  const shell = await page.getByRole("group", { name: /^Shell/ }).boundingBox();
  if (!screen || !shell) throw new Error("no terminal is shown");
  const middle = { x: screen.x + screen.width / 2, y: screen.y + screen.height / 2 };
  const places = [
    { x: shell.x + 3, y: middle.y },
    { x: middle.x, y: shell.y + 1 },
    { x: middle.x, y: (screen.y + screen.height + shell.y + shell.height) / 2 },
  ];
  for (const [typed, { x, y }] of places.entries()) {
    await page.getByRole("tab", { name: "1: bash" }).focus();
    await page.mouse.click(x, y);
    await page.keyboard.type(String(typed));
    await host.until(({ input }) => input.endsWith(String(typed)));
  }
  expect(host.input).toBe("012");
});

test("the end of a shell is said in words, and a new one is a click away", async () => {
  const { page, host } = await openTerminal("$ exit\r\n");
  host.screen("$ exit 3\r\n", { marks: [{ line: 0, state: "running", exitCode: null }] });
  host.news({ type: "exit", exitCode: 3 });
  await page.getByText("The shell ended with exit code 3.").waitFor();
  // What ran in it runs no more.
  await page.getByTitle("Failed with exit code 3").waitFor();
  await answer(page, "terminals.open", terminal("trm_2", "zsh"));
  await page.getByRole("button", { name: "Open a new one" }).click();
  const next = await panes.attached();
  expect(next.terminal).toBe("trm_2");
  next.screen("% ");
  await shown(next, 0);
  // One that runs is asked about; one that ended is not.
  await page.getByRole("button", { name: "Close 2: zsh" }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Close 1: bash" }).click();
  await page.getByRole("tab", { name: "1: zsh" }).waitFor();

  // A second tab; and where there is none, the first. Each has the keys.
  const openOne = async (id: string): Promise<void> => {
    await answer(page, "terminals.open", terminal(id, "fish"));
    await page.getByRole("button", { name: "Open a terminal" }).click();
    const opened = await panes.attached();
    expect(opened.terminal).toBe(id);
    await page.getByRole("tab", { name: /fish$/, selected: true }).waitFor();
    await page.keyboard.type(id);
    await opened.until(({ input }) => input === id);
  };
  await openOne("trm_3");
  expect(await page.getByRole("tab").allTextContents()).toEqual(["1: zsh", "2: fish"]);
  for (const shell of ["1: zsh", "1: fish"]) {
    await page.getByRole("button", { name: `Close ${shell}` }).click();
    await page.getByRole("button", { name: "Close it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  await page.getByText("No terminal is open.").waitFor();
  await openOne("trm_4");
});

test("a terminal that the host does not know says so, and is not asked for again", async () => {
  const { page, host } = await openTerminal("$ ");
  await page.clock.install();
  host.news({ type: "error", failure: { code: "unknown_terminal", message: "There is no terminal trm_1." } });
  host.cut();
  await page.getByText("This terminal is not there any more").waitFor();
  // Past the time of any next try, which would be the first to be attached.
  await page.clock.fastForward(60_000);
  await answer(page, "terminals.open", terminal("trm_2", "zsh"));
  await page.getByRole("button", { name: "Open a new one" }).click();
  expect((await panes.attached()).terminal).toBe("trm_2");
});

test("find, copy, and the keys that leave the terminal", async () => {
  const { page, host } = await openTerminal("alpha beta\r\nalpha gamma");
  const choose = async (): Promise<void> => {
    await page.getByRole("button", { name: "Terminal menu" }).click();
    await page.getByRole("menuitem", { name: "Find…" }).click();
  };
  await choose();
  await page.keyboard.type("beta");
  await page.getByText("1 of 1").waitFor();
  // Asked for again, it has the keys again, and what is typed takes the place of what was.
  const field = page.getByRole("textbox", { name: "Find" });
  await keysOf(page).focus();
  await page.keyboard.press("Control+f");
  await page.keyboard.type("gamma");
  expect(await field.inputValue()).toBe("gamma");
  await page.keyboard.press("Control+f");
  await page.keyboard.type("delta");
  expect(await field.inputValue()).toBe("delta");
  await choose();
  await page.keyboard.type("alpha");
  await page.getByText("1 of 2").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 of 2").waitFor();
  await page.keyboard.press("Escape");
  // What was found is selected.
  await page.keyboard.press("Control+Shift+C");
  await untilTrue(page, "navigator.clipboard.readText().then((text) => text === 'alpha')");

  await page.evaluate("window.heard = []; addEventListener('keydown', ({ key }) => window.heard.push(key))");
  await page.keyboard.press("Control+Shift+K");
  await page.keyboard.press("Control+r");
  await host.until(({ input }) => input === "\x12");
  expect(await page.evaluate("window.heard.filter((key) => key === 'K')")).toEqual(["K"]);
  await page.keyboard.press("Control+Shift+ArrowUp");
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("tab");
});

test("a split is a terminal beside the other, and stands so again after a reload", async () => {
  const query = "pane=terminal&screenReader=true&visible=false";
  const page = await panes.open(query);
  const show = async (): Promise<void> => {
    await untilTrue(page, "window.panes !== undefined");
    await page.evaluate("window.panes.setVisible(true)");
  };
  await show();
  const host = await panes.attached();
  host.screen("one");
  await shown(host, 0);
  await keysOf(page).focus();
  await answer(page, "terminals.open", terminal("trm_2", "zsh"));
  await page.keyboard.press("Control+Shift+E");
  const second = await panes.attached();
  second.screen("two");
  await shown(second, 0);
  await answer(page, "terminals.open", terminal("trm_3", "fish"));
  await page.keyboard.press("Control+Shift+O");
  const third = await panes.attached();
  third.screen("three");
  await shown(third, 0);
  const shells = page.getByRole("group", { name: /^Shell/ });
  const boxes = () =>
    shells.evaluateAll((all) =>
      all.map((each) => each instanceof HTMLElement && [each.offsetLeft > 0, each.offsetTop > 0].join()),
    );
  expect(await boxes()).toEqual(["false,false", "true,false", "true,true"]);

  const border = page.getByRole("separator", { name: "Border between 1: bash and 2: zsh" });
  const value = async () => Number(await border.getAttribute("aria-valuenow"));
  const box = await border.boundingBox();
  if (!box) throw new Error("the border is not shown");
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x - 200, box.y + 100);
  await page.mouse.up();
  const dragged = await value();
  expect(dragged).toBeLessThan(40);
  await border.press("ArrowRight");
  expect(await value()).toBe(dragged + 2);

  // A new one has the keys; they move by key.
  await keysOf(page).last().focus();
  await page.keyboard.type("3");
  await third.until(({ input }) => input === "3");
  await page.keyboard.press("Control+Shift+ArrowRight");
  await page.keyboard.type("1");
  await host.until(({ input }) => input === "1");
  await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.keyboard.press("Control+Shift+ArrowLeft");
  await page.keyboard.type("2");
  await second.until(({ input }) => input === "2");

  await page.getByRole("tab", { name: "2: zsh +2" }).waitFor();
  // The page keeps the token to itself, and what it was called with besides.
  await page.goto(new URL(`?${query}`, page.url()).href);
  await untilTrue(page, "window.panes !== undefined");
  const listed = ["bash", "zsh", "fish"].map((name, at) => terminal(`trm_${at + 1}`, name));
  await answer(page, "terminals.list", listed);
  await show();
  const again = await Promise.all([panes.attached(), panes.attached(), panes.attached()]);
  for (const one of again) one.screen(one.terminal);
  await Promise.all(again.map((one) => shown(one, 0)));
  expect(await boxes()).toEqual(["false,false", "true,false", "true,true"]);
  expect(await value()).toBe(dragged + 2);
  await border.press("Enter");
  expect(await value()).toBe(50);
  await page.getByRole("button", { name: "Close terminal 3: fish" }).click();
  await page.getByRole("button", { name: "Close it" }).click();
  await shells.nth(2).waitFor({ state: "detached" });
  expect(await boxes()).toEqual(["false,false", "true,false"]);

  // Of what another page of this browser has kept meanwhile, nothing is lost: of no session, this one neither.
  const kept = (change: string) =>
    page.evaluate(`(() => {
    const all = JSON.parse(localStorage.getItem("oriel.terminal-splits"));
    ${change};
    localStorage.setItem("oriel.terminal-splits", JSON.stringify(all));
    return Object.entries(all.state).map(([session, { tabs }]) => [session, tabs]);
  })()`);
  const below = { direction: "column", parts: ["trm_1", "trm_2"] };
  await kept(`all.state.ses_tests.tabs = [${JSON.stringify(below)}];
    all.state.ses_docs = { tabs: ["trm_9"], used: [] }`);
  await keysOf(page).first().focus();
  expect(await boxes()).toEqual(["false,false", "true,false"]);
  expect(await kept("")).toEqual([
    ["ses_docs", ["trm_9"]],
    ["ses_tests", [below]],
  ]);
});

const KEY = "secret-of-the-shell";
const mark = (what: string): string => `\x1b]133;${what};k=${KEY}\x07`;

test("commands have their exit status beside them, a forged mark has none, and keys go from one to the next", async () => {
  const page = await panes.open("pane=terminal&screenReader=true", { width: 900, height: 300 });
  const host = await panes.attached();
  const lines = Array.from({ length: 60 }, (_, line) => `old ${line}`).join("\r\n");
  const marks = [
    { line: 2, state: "done", exitCode: 0 },
    { line: 5, state: "done", exitCode: 127 },
  ] as const;
  host.screen(`${lines}\r\n`, { marks, markKey: KEY });
  const live = `${mark("A")}$ false\r\n${mark("C")}${mark("D;3")}${mark("A")}$ make\r\n\x1b]133;D;0\x07${mark("C")}building\r\n`;
  host.output(0, live);
  await shown(host, Buffer.byteLength(live));
  const sign = (words: string) => page.getByRole("img", { name: words, exact: true });
  await sign("Failed with exit code 3").filter({ visible: true }).waitFor();
  await sign("Running").filter({ visible: true }).waitFor();

  await keysOf(page).focus();
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("Control+ArrowUp");
  await sign("Exit code 0").and(page.locator("[data-current]")).waitFor();
  await sign("Failed with exit code 127").filter({ visible: true }).waitFor();

  // Output leaves the view where it was scrolled to, and says that it is there.
  host.output(Buffer.byteLength(live), "more\r\n");
  await page.getByRole("button", { name: "↓ New output" }).waitFor();
  expect(await sign("Failed with exit code 127").isVisible()).toBe(true);
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("Control+ArrowDown");
  await sign("Running").and(page.locator("[data-current]")).waitFor();
  await page.keyboard.press("Control+ArrowDown");
  await page.getByRole("button", { name: "↓ New output" }).waitFor({ state: "detached" });
  expect(host.input).toBe("");
  // A full-screen program has the keys to itself.
  host.output(Buffer.byteLength(live) + 6, "\x1b[?1049h");
  await shown(host, Buffer.byteLength(live) + 14);
  await page.keyboard.press("Control+ArrowUp");
  await host.until(({ input }) => input === "\x1b[1;5A");
});

test("terminals that could not be listed say so where they would be, and are listed at another try", async () => {
  const page = await panes.open("pane=terminal&visible=false");
  await refuseVerb(page, "terminals.list", "The daemon can't be started.");
  await page.evaluate("window.panes.setVisible(true)");
  await page.getByText("The daemon can't be started.").waitFor();
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  await page.getByRole("button", { name: "Try again" }).click();
  const host = await panes.attached();
  expect(host.terminal).toBe("trm_1");
});
