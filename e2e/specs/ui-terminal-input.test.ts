import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answer, openPanes } from "#e2e/driver/panes.ts";
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

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

const openTerminal = (text: string) => openTerminalIn(panes, text);

test("keys on their way when the host dies, and while it is away, come to the shell once and in order", async () => {
  const { page, host } = await openTerminal("$ ");
  await keysOf(page).pressSequentially("m");
  await host.until(({ input }) => input === "m");
  panes.lose(true);
  await keysOf(page).pressSequentially("a");
  panes.refuse(true);
  host.cut();
  await page.getByText("Reconnecting…").waitFor();
  await keysOf(page).pressSequentially("ke");
  await page.keyboard.press("Enter");
  panes.lose(false);
  panes.refuse(false);
  const again = await panes.attached();
  again.screen("$ ", { offset: 40 });
  await again.until(({ input }) => input.endsWith("\r"));
  expect(again.input).toBe("ake\r");
  await page.getByText("Reconnecting…").waitFor({ state: "detached" });
  // A piece that overlaps what is shown is not shown twice.
  again.output(36, "old-new\r\n");
  await screenOf(page).getByText("$ new").waitFor();
  // The words took no row from it.
  const sizes = again.wishes.filter((wish) => wish.type === "resize");
  for (const size of sizes) expect(size).toEqual(gridOf(host));
  expect(sizes.length).toBeGreaterThan(0);
});

/** By the event that every way of pasting ends in. */
const pasteLong = (page: Page, length: number): Promise<void> =>
  keysOf(page).evaluate((field, length) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", "x".repeat(length));
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, length);

test("keys that wait for the host come also where the terminal was hidden meanwhile; too many are refused in words", async () => {
  const { page, host } = await openTerminal("$ ");
  await answer(page, "terminals.list", [terminal("trm_1", "bash")]);
  panes.refuse(true);
  host.cut();
  await page.getByText("Reconnecting…").waitFor();
  await keysOf(page).pressSequentially("one");
  await page.evaluate("window.panes.setVisible(false)");
  panes.refuse(false);
  const hidden = await panes.attached();
  await hidden.until(({ input }) => input === "one");
  await hidden.closed;

  await page.evaluate("window.panes.setVisible(true)");
  const again = await panes.attached();
  again.screen("$ ");
  await shown(again, 0);
  panes.refuse(true);
  again.cut();
  await page.getByText("Reconnecting…").waitFor();
  await keysOf(page).pressSequentially("two");
  await pasteLong(page, 3_000_000);
  await pasteLong(page, 3_000_000);
  const full = page.getByText("More was typed than can be kept until the shell takes it");
  await full.waitFor();
  // Tried again, and so refused before.
  for (const _ of ["once", "again"]) await page.waitForEvent("websocket");
  await full.waitFor();
  await keysOf(page).pressSequentially("three");
  panes.refuse(false);
  const last = await panes.attached();
  last.screen("$ ");
  await last.until(({ input }) => input.length === "two".length + 3_000_000);
  await full.waitFor({ state: "detached" });
  await keysOf(page).pressSequentially("four");
  await last.until(({ input }) => input.endsWith("four"));
  expect(last.input.replace(/x+/, "-")).toBe("two-four");
});

test("a paste that no terminal takes is refused in words, and what is typed then is not", async () => {
  const { page, host } = await openTerminal("$ ");
  await keysOf(page).focus();
  await pasteLong(page, 5_000_000);
  const large = page.getByText("That is more than a terminal takes at once");
  await large.waitFor();
  await page.keyboard.type("ls");
  await host.until(({ input }) => input.length >= 2);
  await large.waitFor({ state: "detached" });
  expect(host.input).toBe("ls");
});

test("what is pasted is looked at first, and bracketed where the program asked for it", async () => {
  const { page, host } = await openTerminal("$ \x1b[?2004h");
  await keysOf(page).focus();
  const paste = async (text: string): Promise<void> => {
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await page.keyboard.press("Control+Shift+V");
  };
  await paste("one line");
  await host.until(({ input }) => input === "\x1b[200~one line\x1b[201~");
  await paste("a\nb\nc\nd");
  await page.getByRole("dialog", { name: "Paste 4 lines?" }).getByRole("button", { name: "Cancel" }).click();
  await paste("x\x1b[201~\ny");
  await page.getByText("It has a control character that would act like keys.").waitFor();
  await page.getByRole("button", { name: "Paste", exact: true }).click();
  await host.until(({ input }) => input.includes("x"));
  expect(host.input).toBe("\x1b[200~one line\x1b[201~\x1b[200~x[201~\ry\x1b[201~");
});

test("what an input method composes is typed once, when it is done", async () => {
  const { page, host } = await openTerminal("$ ");
  await keysOf(page).focus();
  const method = await page.context().newCDPSession(page);
  for (const text of ["に", "にほ", "にほん"]) {
    const caret = text.length;
    await method.send("Input.imeSetComposition", { text, selectionStart: caret, selectionEnd: caret });
  }
  await method.send("Input.insertText", { text: "日本" });
  await host.until(({ input }) => input === "日本");
  await page.keyboard.press("Enter");
  await host.until(({ input }) => input.endsWith("\r"));
  expect(host.input).toBe("日本\r");
});

test("keys are typed by kitty's protocol as long as a program asks for it, and by it alone", async () => {
  const { page, host } = await openTerminal("$ ");
  await keysOf(page).focus();
  let offset = 0;
  const send = async (text: string): Promise<void> => {
    host.output(offset, text);
    await shown(host, (offset += text.length));
  };
  let before = 0;
  /** Presses keys, the last of which gives the end of what is expected: whatever comes behind it is what fails next. */
  const press = async (keys: readonly string[], expected: string): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
    await host.until(({ input }) => input.length >= before + expected.length);
    expect(host.input.slice(before)).toBe(expected);
    before = host.input.length;
  };
  await press(["Escape", "Control+i", "Shift+Enter", "Alt+b", "ArrowUp"], "\x1b\t\r\x1bb\x1b[A");
  await page.keyboard.down("q");
  await press([], "q");
  await send("\x1b[>1u\x1b[>31u");
  // Its press was before: its release is nothing.
  await page.keyboard.up("q");
  const shifted = ["57441;2u", "97:65;2;65u", "97:65;2:3u", "57441;1:3u"]
    .map((each) => `\x1b[${each}`)
    .join("");
  await press(["Shift+A", "Enter"], `${shifted}\x1b[13u\x1b[13;1:3u`);
  const method = await page.context().newCDPSession(page);
  await method.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await method.send("Input.insertText", { text: "日" });
  await press([], "日");
  await press(["b"], "\x1b[98;;98u\x1b[98;1:3u");
  // The key that ends a composition comes at once behind it, where xterm is about to type what was composed.
  await keysOf(page).evaluate((field) => {
    if (!(field instanceof HTMLTextAreaElement)) throw new Error("xterm types by a text area");
    field.dispatchEvent(new CompositionEvent("compositionstart"));
    field.value += "한";
    field.dispatchEvent(new CompositionEvent("compositionupdate", { data: "한" }));
    setTimeout(() => {
      const key = { key: "Enter", code: "Enter", keyCode: 13, bubbles: true, cancelable: true };
      field.dispatchEvent(new CompositionEvent("compositionend", { data: "한" }));
      field.dispatchEvent(new KeyboardEvent("keydown", key));
    });
  });
  await press([], "한\x1b[13u");

  await send("\x1b[<u");
  await press(["a", "Enter", "Shift+Enter", "Control+i"], "a\r\x1b[13;2u\x1b[105;5u");
  await press(["Escape", "Alt+b", "ArrowUp", "Shift+Tab"], "\x1b[27u\x1b[98;3u\x1b[A\x1b[9;2u");
  // The app's keys stay the app's: this one finds in the terminal.
  await page.keyboard.press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).fill("$");
  await page.keyboard.press("Escape");
  await page.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
  await press(["x"], "x");

  // The alternate screen has its own; a new screen what the host's has.
  await send("\x1b[?1049h");
  await press(["Escape"], "\x1b");
  await send("\x1b[?1049l");
  await press(["Escape"], "\x1b[27u");
  host.screen("$ ", { offset: offset + 1 });
  await shown(host, offset + 1);
  await press(["Escape", "Control+i", "Shift+Enter"], "\x1b\t\r");
});

test("in a flood that asks for kitty's keyboard, and where nobody heard it, Ctrl+C is the byte that ends what runs", async () => {
  const { page, host } = await openTerminal("\x1b[>31u$ ");
  await keysOf(page).focus();
  const at = (ms: number): Promise<unknown> => page.evaluate(`performance.now = () => ${ms}`);
  await at(10_000);
  const flood = "a line of a file that asks: \x1b[>31u\r\n".repeat(3000);
  host.output(0, flood);
  await shown(host, flood.length);
  const press = async (expected: string): Promise<void> => {
    const { length } = host.input;
    await page.keyboard.press("c");
    await host.until(
      ({ input }) => input.slice(length).endsWith("\x1b[99;5:3u") || input.slice(length).endsWith("\x03"),
    );
    expect(host.input.slice(length)).toBe(expected);
  };
  await page.keyboard.down("Control");
  await host.until(({ input }) => input.length > 0);
  await press("\x03");
  await at(20_000);
  await press("\x1b[99;5u\x1b[99;5:3u");
  await at(21_000);
  await press("\x03");
  await at(30_000);
  await press("\x1b[99;5u\x1b[99;5:3u");
});

test("a modifier that a program is told of leaves what is selected", async () => {
  const { page, host } = await openTerminal("\x1b[>31uword\r\n");
  const { x, y } = await cellIn(page, host, 1, 0);
  await page.mouse.dblclick(x, y);
  await page.keyboard.press("Control+Shift+C");
  await host.until(({ input }) => input.endsWith("\x1b[57442;1:3u"));
  await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe("word");
  // The key itself was the terminal's.
  const told = ["57442;5u", "57441;6u", "57441;5:3u", "57442;1:3u"].map((each) => `\x1b[${each}`).join("");
  expect(host.input).toBe(told);
});

test("a screen reader's mode is a choice of the menu: it has the lines, and tells what comes", async () => {
  const page = await panes.open("pane=terminal");
  const host = await panes.attached();
  host.screen("first line\r\n");
  await shown(host, 0);
  expect(await screenOf(page).count()).toBe(0);
  const choose = async (): Promise<void> => {
    await page.getByRole("button", { name: "Terminal menu" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Screen reader mode" }).click();
  };
  await choose();
  await screenOf(page).getByText("first line").waitFor();
  host.output(0, "second line\r\n");
  await page.locator("[aria-live=assertive]", { hasText: "second line" }).waitFor();
  await choose();
  await screenOf(page).waitFor({ state: "detached" });
});
