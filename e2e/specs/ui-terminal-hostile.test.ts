/** What programs print, against the page alone. What the daemon makes of it: main/daemon/hostile.test.ts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPanes } from "#e2e/driver/panes.ts";
import type { Panes } from "#e2e/driver/panes.ts";
import { cellIn, keysOf, openTerminalIn, rowsOf, shown } from "#e2e/driver/terminal-pane.ts";

let panes: Panes;
beforeAll(async () => {
  panes = await openPanes();
}, 120_000);
afterAll(() => panes[Symbol.asyncDispose]());

/** Nobody listens there. */
const WEB = "https://127.0.0.1:9/good";
const link = (url: string, text: string): string => `\x1b]8;;${url}\x07${text}\x1b]8;;\x07\r\n`;

test("a click opens nothing; with Ctrl a web address opens once, and nothing else that a link can have", async () => {
  const bad = [
    "javascript:window.opened.push('script')",
    "JAVASCRIPT:window.opened.push('script')",
    " javascript:window.opened.push('script')",
    "file:///etc/passwd",
    "data:text/html,<script>1</script>",
    "vbscript:msgbox(1)",
    "https://your.bank@127.0.0.1:9/",
    "http://ann:password@127.0.0.1:9/",
  ];
  const { page, host } = await openTerminalIn(panes, "");
  await page.evaluate(`window.opened = [];
    const { open } = window;
    window.open = (...given) => (window.opened.push(given[0]), open(...given));`);
  const opened: string[] = [];
  page.context().on("page", (other) => opened.push(other.url()));
  const text = [...bad.map((url, index) => link(url, `bad ${index}`)), link(WEB, "good")].join("");
  host.output(0, text);
  await shown(host, Buffer.byteLength(text));

  const good = await cellIn(page, host, 1, bad.length);
  await page.mouse.click(good.x, good.y);
  await page.getByText(/\+click opens/).waitFor();
  expect(await page.getByTitle(WEB).count()).toBe(1);
  for (const row of bad.keys()) {
    const { x, y } = await cellIn(page, host, 1, row);
    await page.mouse.move(x, y);
    await page.getByText(/\+click opens/).waitFor({ state: "detached" });
    await page.mouse.click(x, y);
    await page.keyboard.down("Control");
    await page.mouse.click(x, y);
    await page.keyboard.up("Control");
  }
  expect(await page.evaluate("window.opened")).toEqual([]);
  const next = page.context().waitForEvent("page");
  await page.keyboard.down("Control");
  await page.mouse.click(good.x, good.y);
  await page.keyboard.up("Control");
  await next;
  expect(await page.evaluate("window.opened")).toEqual([WEB]);
  expect(opened.length).toBe(1);
});

test("a link to a name in other letters is told as it is asked for", async () => {
  const { page, host } = await openTerminalIn(panes, "");
  // Cyrillic а and е.
  const text = link("https://\u0430ppl\u0435.com/", "https://apple.com/");
  host.output(0, text);
  await shown(host, Buffer.byteLength(text));
  const { x, y } = await cellIn(page, host, 1, 0);
  await page.mouse.move(x, y);
  await page.getByText(/\+click opens/).waitFor();
  expect(await page.getByTitle("https://xn--ppl-5cd2a.com/").count()).toBe(1);
});

const MB = 1_000_000;
const UNENDED = "A".repeat(2 * MB);
const CORPUS: readonly [string, string | Uint8Array][] = [
  ["the clipboard", "\x1b]52;c;ZXZpbA==\x07\x1b]52;c;?\x07\x1b]52;;ZXZpbA==\x1b\\"],
  ["reports of the title and the window", "\x1b]2;rm -rf ~\r\x07\x1b[21t\x1b[20t\x1b[18t\x1b[14t\x1b[19t"],
  ["settings", '\x1bP$qm\x1b\\\x1bP$q"p\x1b\\\x1bP$qr\x1b\\\x1bP+q544e\x1b\\'],
  ["colours", "\x1b]10;?\x07\x1b]11;?\x1b\\\x1b]4;1;?;2;?\x07"],
  ["modes", "\x1b[?2026$p\x1b[?2004$p\x1b[>q\x1b[?996n\x1b[?u\x1b[?6n\x1b[5n\x1b[6n"],
  ["an answerback, DECID and device attributes", "\x05\x1bZ\x1b[c\x1b[>c\x1b[=c"],
  ["a storm of questions", "\x1b[c".repeat(300_000)],
  [
    "a storm of keyboards",
    `${"\x1b[>1u".repeat(300_000)}\x1b[=${"9".repeat(1000)};9u\x1b[?u\x1b[<2147483647u\x1b[=64u\x1b[?u`,
  ],
  ["huge parameters", `\x1b[${"9".repeat(100_000)};${"1;".repeat(100_000)}m\x1b[2147483648X\x1b[99999999b`],
  [
    "all that can be counted",
    ["L", "M", "S", "T", "I", "Z", "b"].map((final) => `x\x1b[2147483647${final}`).join(""),
  ],
  ["a character without end", `a${"\u0301".repeat(40_000)}`],
  ["a line without end", "words ".repeat(MB / 10)],
  ["links as long as can be", `\x1b]8;;http://${"x".repeat(MB / 2)}\x07link`.repeat(10)],
  ["marks and folders", `\x1b]133;D;0\x07\x1b]7;file:///${"x".repeat(MB)}\x07\x1b]1337;x\x07`],
  ["an OSC without end", `\x1b]0;${"A".repeat(50 * MB)}`],
  ["a clipboard without end", `\x1b]52;c;${UNENDED}`],
  ["a link without end", `\x1b]8;;${UNENDED}`],
  ["a DCS without end", `\x1bP$q${UNENDED}`],
  ["an APC without end", `\x1b_G${UNENDED}`],
  ["invalid UTF-8", Buffer.from("c328a0a1e228a1f0288cbcfcc0afeda080ff9b63".repeat(1000), "hex")],
  ["all bytes", Buffer.from(Array.from({ length: 65_536 }, (_, n) => (n * 167 + (n >> 8)) & 0xff))],
];
/** As the host sends it: never more in one message. */
const PIECE_BYTES = 64 * 1024;
/** Ends what was not ended, and what was set. */
const END = "\x18\x1b\\\x1bc";

test("hostile output stops no key and no frame, writes no clipboard, and gets no answer", async () => {
  const { page, host } = await openTerminalIn(panes, "$ ");
  await page.evaluate("navigator.clipboard.writeText('mine')");
  await keysOf(page).focus();
  let offset = 0;
  const send = (text: string | Uint8Array): void => {
    const bytes = Buffer.from(typeof text === "string" ? Buffer.from(text) : text);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      host.output(offset, piece);
      offset += piece.length;
    }
  };
  let keys = "";
  for (const [name, text] of CORPUS) {
    send(text);
    // While it comes, and when all of it is there.
    for (const when of ["under way", "there"]) {
      await page.keyboard.press("k");
      keys += "k";
      await host.until(({ input }) => input.length >= keys.length);
      expect(host.input, `${name}, ${when}`).toBe(keys);
      await page.evaluate("new Promise((resolve) => requestAnimationFrame(resolve))");
      if (when === "under way") await shown(host, offset);
    }
    send(`${END}after ${name}`);
    await rowsOf(page).getByText(`after ${name}`).waitFor();
  }
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("mine");
  expect(page.context().pages().length).toBe(1);
}, 180_000);

test("a screen reader is told of each output the beginning, and that there is more, however it was printed", async () => {
  const { page, host } = await openTerminalIn(panes, "$ ");
  const told = page.locator("[aria-live=assertive]");
  await keysOf(page).focus();
  let offset = 0;
  const answer = async (text: string): Promise<void> => {
    const { length } = host.input;
    await page.keyboard.press("k");
    await host.until(({ input }) => input.length > length);
    host.output(offset, text);
    offset += Buffer.byteLength(text);
    await shown(host, offset);
  };
  await answer("one.txt  two.txt\r\n$ ");
  await told.getByText("one.txt two.txt $").waitFor();
  // The last for a program that has asked for all keys.
  const ALL_KEYS = "\x1b[>31u";
  const texts = [
    `a${"\u0301".repeat(40_000)}`,
    "words ".repeat(MB / 50),
    "漢字".repeat(MB / 100),
    "again ".repeat(MB / 50),
  ];
  for (const text of texts) {
    if (text === texts.at(-1)) await answer(ALL_KEYS);
    await answer(text);
    await told.getByText(text.slice(0, 2000)).getByText("Too much output to announce").waitFor();
    expect((await told.textContent())?.length).toBeLessThan(5000);
    await answer("\r\nthree.txt\r\n$ ");
    await told.getByText("three.txt $").waitFor();
  }
});
