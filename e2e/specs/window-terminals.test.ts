/** Terminals of the built app in a real Chromium, with their shells. */
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Locator, Page, WebSocket } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say } from "#main/agent/testing/model-server/script.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createRepository } from "../driver/repository.ts";
import { addressOf, connectWeb } from "../driver/web.ts";
import type { WebAddress } from "../driver/web.ts";
import { keysOf } from "../driver/terminal-pane.ts";
import { launchBrowser, WITH_WEBGL } from "../driver/browser.ts";
import { builtApp, explained, isOutage, openPage, PATIENT_MS, startWindow } from "../driver/window.ts";
import type { OpenedPage } from "../driver/window.ts";

const SESSIONS = 8;
const EACH = 5;
/** Of the pool in renderer/terminal/webgl-pool.ts. */
const MAX_CONTEXTS = 8;
const titleOf = (index: number): string => `Look ${index + 1}`;

/** bash; and while there is a folder "screens" beside it, what shows a screen of its own at once, and nothing more. */
const SHELL = `#!/bin/sh
cd "\${0%/*}/screens" 2>/dev/null || exec /bin/bash "$@"
set -C
n=0
until true 2>/dev/null >"$n"; do n=$((n + 1)); done
for line in 1 2 3; do echo "Screen $n, line $line"; done
echo filled
exec cat
`;

interface World extends AsyncDisposable {
  readonly address: WebAddress;
  readonly sessions: readonly string[];
  open(): Promise<OpenedPage>;
  /** Closes the terminals that other tests have left. */
  closeAll(): Promise<void>;
  /** While this is a folder, shells are as SHELL says. */
  readonly screens: string;
  killHost(): Promise<void>;
}

/** Eight sessions whose turns are over. */
async function startWorld(): Promise<World> {
  const owned = new AsyncDisposableStack();
  const built = owned.use(await builtApp());
  const model = owned.use(await startModelServer([{ match: "", steps: [say("Done.")] }]));
  const shells = owned.use(await tempDir());
  const shell = path.join(shells.path, "bash");
  await writeFile(shell, SHELL);
  await chmod(shell, 0o755);
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-none", SHELL: shell };
  const { oriel, url } = owned.use(await startWindow(built, { env }));
  const browser = owned.use(await launchBrowser(WITH_WEBGL));
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const address = addressOf(url);
  using connection = await connectWeb(address);
  const { client } = connection;
  const tasks = Array.from({ length: SESSIONS }, (_, index) => ({ task: titleOf(index) }));
  const { sessions, cursor } = await client.sessions.create({ project, sessions: tasks });
  const running = new Set(sessions.map(({ id }) => `session/${id}`));
  for (let after = cursor; running.size > 0;) {
    const read = await client.log.read({ after, slim: true, waitMs: 20_000 });
    for (const { type, stream } of read.events) if (type === "turn.completed") running.delete(stream);
    after = read.cursor;
  }
  return {
    address,
    sessions: sessions.map(({ id }) => id),
    open: () => openPage(browser, url),
    closeAll: async () => {
      using now = await connectWeb(address);
      const all = await now.client.terminals.list({});
      await Promise.all(all.map(({ id }) => now.client.terminals.close({ terminal: id })));
    },
    screens: path.join(shells.path, "screens"),
    killHost: () => oriel.killHost(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 240_000);
afterAll(() => world[Symbol.asyncDispose]());

const paneOf = (page: Page, title: string): Locator => page.getByRole("region", { name: title, exact: true });
const screenOf = (pane: Locator): Locator => pane.locator(".xterm-accessibility-tree");

async function openTerminals(page: Page, title: string): Promise<Locator> {
  await page.getByRole("navigation", { name: "Sessions" }).getByRole("button", { name: title }).click();
  const pane = paneOf(page, title);
  await pane.getByRole("tab", { name: "Terminal" }).click();
  return pane;
}

/** Moves the pointer to this text in the last row that has it: above it is the command that printed it. */
async function pointAt(pane: Locator, text: string): Promise<void> {
  const row = screenOf(pane).locator("div", { hasText: text }).last();
  const middle = await row.evaluate((element, wanted) => {
    const range = document.createRange();
    const start = element.textContent.indexOf(wanted);
    const [node] = element.childNodes;
    if (node === undefined) throw new Error("the row is empty");
    range.setStart(node, start);
    range.setEnd(node, start + wanted.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }, text);
  await pane.page().mouse.move(middle.x, middle.y);
}

test("the Terminal tab gives the shell the keys; a changed file's name there leads to the diff", async () => {
  await world.closeAll();
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(0));
    await pane.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    // As a person does, who types at once.
    await page.keyboard.type("mkdir -p src; echo 1 | tee 'src/my <b>.ts' a.txt; cd src; PS1=; clear\n");
    const printed = "../a.txt:1: here, not /etc/passwd or b.txt";
    await page.keyboard.type(`ls; echo '${printed}'\n`);
    // What is typed names the files too, and is cleared away.
    await screenOf(pane).locator("div").getByText(printed, { exact: true }).waitFor();

    const hint = pane.getByText(/\+click shows it in the diff$/);
    for (const other of ["/etc/passwd", "b.txt"]) {
      await pointAt(pane, "../a.txt:1");
      await hint.waitFor();
      expect(await pane.locator("[title='a.txt']").count()).toBe(1);
      // In the same row: what is a link there is known by now, and would be shown in place of the one before.
      await pointAt(pane, other);
      await hint.waitFor({ state: "detached" });
    }
    await pointAt(pane, "my <b>.ts");
    await pane.getByText("src/my <b>.ts", { exact: true }).waitFor();
    await page.keyboard.down("Control");
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.up("Control");
    const file = pane.getByRole("button", { name: "Added src/my <b>.ts, 1 added, 0 removed" });
    await file.and(page.locator("[aria-current=true]:focus")).waitFor();
    expect(errors).toEqual([]);
  });
}, 120_000);

const SCREENS = Array.from({ length: SESSIONS * EACH }, (_, index) =>
  [1, 2, 3]
    .map((line) => `Screen ${index}, line ${line}`)
    .concat("filled")
    .join("\n"),
);

/** The terminals that stream into the page now. */
function watchStreams(page: Page): { readonly terminals: readonly string[] } {
  const open = new Set<WebSocket>();
  page.on("websocket", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  const prefix = "/terminal/";
  return {
    get terminals() {
      const paths = [...open].map((socket) => new URL(socket.url()).pathname);
      return paths.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
    },
  };
}

test("of forty terminals each shows its screen; those in sight stream, and few have a WebGL context", async () => {
  const { sessions, address } = world;
  await world.closeAll();
  await mkdir(world.screens);
  onTestFinished(() => rm(world.screens, { recursive: true }));
  using connection = await connectWeb(address);
  const { client } = connection;
  const all = sessions.flatMap((session) => Array.from({ length: EACH }, () => session));
  const terminals = await Promise.all(
    all.map((session) => client.terminals.open({ session, cols: 80, rows: 24 })),
  );
  await using opened = await world.open();
  const { page, errors } = opened;
  const streams = watchStreams(page);
  /** The session of each terminal that streams. */
  const streaming = () =>
    streams.terminals.map((id) => terminals.find((one) => one.id === id)?.session ?? id).toSorted();
  await explained(page, async () => {
    const { seen, contexts } = await walkThroughAll(page);
    expect(seen.map((rows) => rows.join("\n")).toSorted()).toEqual(SCREENS.toSorted());
    expect(contexts).toBeGreaterThan(0);
    expect(contexts).toBeLessThanOrEqual(MAX_CONTEXTS);

    // One tab of each pane that has its terminals in sight.
    const inSight = sessions.slice(-BESIDE);
    await expect.poll(streaming).toEqual(inSight.toSorted());
    await paneOf(page, titleOf(SESSIONS - 1))
      .getByRole("tab", { name: "Activity" })
      .click();
    await expect.poll(streaming).toEqual(inSight.slice(0, -1).toSorted());
    expect(errors).toEqual([]);
  });
}, 240_000);

/** Panes that the window has room for: xterm tells a screen reader of a text after a second, so they are looked at together. */
const BESIDE = 4;

/** What each terminal showed; and the most WebGL contexts that there were. */
async function walkThroughAll(page: Page): Promise<{ seen: string[][]; contexts: number }> {
  const seen: string[][] = [];
  let contexts = 0;
  for (let first = 0; first < SESSIONS; first += BESIDE) {
    await closePanes(page);
    const panes: Locator[] = [];
    for (let at = first; at < first + BESIDE; at += 1) panes.push(await openTerminals(page, titleOf(at)));
    for (let index = 0; index < EACH; index += 1) {
      for (const pane of panes) {
        const tabs = pane.getByRole("tab", { name: /^\d+: / });
        await (index === 0 ? tabs.first().click() : tabs.nth(index - 1).press("ArrowRight"));
      }
      seen.push(...(await Promise.all(panes.map(filledScreen))));
      const drawn = await page.evaluate<number>(
        "[...document.querySelectorAll('.xterm canvas')].filter((each) => each.getContext('webgl2')).length",
      );
      contexts = Math.max(contexts, drawn);
    }
  }
  return { seen, contexts };
}

async function closePanes(page: Page): Promise<void> {
  const close = page.getByRole("button", { name: "Close the pane" });
  for (let left = await close.count(); left > 0; left -= 1) await close.first().click();
}

async function filledScreen(pane: Locator): Promise<string[]> {
  const rows = screenOf(pane).locator("div:not(:empty)");
  await rows.filter({ hasText: "filled" }).waitFor();
  return (await rows.allTextContents()).map((row) => row.trim()).filter(Boolean);
}

/** The shells of a tab, in their order. */
const shellsOf = (pane: Locator): Locator => pane.getByRole("group", { name: /^Shell/ });

/** What each shell of the tab shows, without what is empty. */
async function shownIn(pane: Locator): Promise<readonly string[]> {
  const screens = await screenOf(pane).all();
  const rows = await Promise.all(screens.map((screen) => screen.locator("div").allTextContents()));
  return rows.map((texts) =>
    texts
      .map((text) => text.trim())
      .filter(Boolean)
      .join("\n"),
  );
}

test("in a shell as people have it: marks, find, copy, paste, split; a reload shows the same", async () => {
  await world.closeAll();
  await using opened = await world.open();
  const { page, errors } = opened;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()");
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(1));
    const row = (text: string): Locator => screenOf(pane).locator("div").getByText(text, { exact: true });
    const sign = (words: string): Locator => pane.getByRole("img", { name: words, exact: true });
    await pane.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    await page.keyboard.type("false\n");
    await sign("Failed with exit code 1").waitFor();
    await page.keyboard.type("printf 'one\\n%s-needle\\n' two\n");
    await row("two-needle").waitFor();
    await sign("Exit code 0").waitFor();

    await page.keyboard.press("Control+ArrowUp");
    await sign("Exit code 0").and(page.locator("[data-current]")).waitFor();
    await page.keyboard.press("Control+ArrowUp");
    await sign("Failed with exit code 1").and(page.locator("[data-current]")).waitFor();

    await page.keyboard.press("Control+f");
    await page.keyboard.type("two-needle");
    await pane.getByText("1 of 1").waitFor();
    await page.keyboard.press("Escape");
    await pane.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    await page.keyboard.press("Control+Shift+A");
    await page.keyboard.press("Control+Shift+C");
    await expect.poll(clipboard).toMatch(/\none\r?\ntwo-needle\r?\n/);
    await pane.getByRole("button", { name: "Terminal menu" }).click();
    await page.getByRole("menuitem", { name: "Copy without line breaks" }).click();
    await expect.poll(clipboard).toMatch(/^\S.* one two-needle .*\S$/);

    const lines = [1, 2, 3, 4].map((line) => `echo pas""ted-${line}`).join("\n");
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(lines)})`);
    await keysOf(page).focus();
    await page.keyboard.press("Control+Shift+V");
    const guard = page.getByRole("dialog", { name: "Paste 4 lines?" });
    await guard.getByRole("button", { name: "Paste", exact: true }).click();
    await guard.waitFor({ state: "detached" });
    await keysOf(page).focus();
    await page.keyboard.press("Enter");
    await row("pasted-4").waitFor();
    for (const line of [1, 2, 3]) expect(await row(`pasted-${line}`).count()).toBe(1);

    await page.keyboard.press("Control+Shift+E");
    const second = shellsOf(pane).nth(1);
    await second.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    await page.keyboard.type("echo be''side\n");
    await row("beside").waitFor();

    // The shells hear of their new width, and draw their prompts again.
    let before: readonly string[] = [];
    const ends = [/pasted-4[^]*[$#]$/, /beside\n[^]*[$#]$/].map((end): unknown => expect.stringMatching(end));
    await expect.poll(async () => (before = await shownIn(pane))).toEqual(ends);
    await page.reload();
    await row("beside").waitFor();
    await expect.poll(() => shownIn(pane)).toEqual(before);
    await sign("Failed with exit code 1").waitFor();
    expect(errors).toEqual([]);
  });
}, 240_000);

test("after a terminal is closed the keys are another's, or the button's that opens one: never the agent's", async () => {
  await world.closeAll();
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(4));
    // Here the agent is spoken to beside the terminal.
    await page.getByRole("radio", { name: "Focus" }).check();
    const focused = pane.locator(".xterm-helper-textarea:focus");
    const open = pane.getByRole("button", { name: "Open a terminal" });
    const closeIt = page.getByRole("button", { name: "Close it" });
    const row = (text: string): Locator => screenOf(pane).locator("div").getByText(text, { exact: true });
    await screenOf(pane).waitFor();
    await keysOf(page).focus();
    await page.keyboard.type("echo fi''rst\n");
    await row("first").waitFor();
    await open.click();
    await pane.getByRole("tab", { name: /^2: /, selected: true }).waitFor();
    await focused.waitFor({ state: "attached" });

    await pane.getByRole("button", { name: /^Close 2: / }).click();
    await closeIt.click();
    await row("first").waitFor();
    await focused.waitFor({ state: "attached" });
    await page.keyboard.type("echo ag''ain\n");
    await row("again").waitFor();

    await page.keyboard.press("Control+Shift+ArrowUp");
    await page.keyboard.press("Delete");
    await closeIt.and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await open.and(page.locator(":focus")).waitFor();
    await page.keyboard.press("Enter");
    await focused.waitFor({ state: "attached" });
    expect(await pane.getByRole("textbox", { name: /^Message to/ }).inputValue()).toBe("");
    expect(errors).toEqual([]);
  });
}, 240_000);

/** Prints each key that it reads, once. */
const READER = "stty -echo -icanon; echo rea''dy; exec cat\n";
const KEYS = Array.from({ length: 120 }, (_, number) => String(number).padStart(3, "0"));

test("keys that are typed in the page while its host is killed come once and in order", async () => {
  await world.closeAll();
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(2));
    await pane.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    await page.keyboard.type(READER);
    await screenOf(pane).locator("div").getByText("ready", { exact: true }).waitFor();
    const [before, during, after] = [KEYS.slice(0, 40), KEYS.slice(40, 80), KEYS.slice(80)];
    const away = pane.getByText("Reconnecting…");
    await page.keyboard.type(before.join(""));
    const lost = away.waitFor();
    const killed = world.killHost();
    await page.keyboard.type(during.join(""));
    await Promise.all([killed, lost]);
    await page.keyboard.type(after.join(""));
    await away.waitFor({ state: "detached" });
    await page.keyboard.type("<end>");
    const printed = async (): Promise<string> => {
      const [shown = ""] = await shownIn(pane);
      return shown.slice(shown.lastIndexOf("ready") + "ready".length).replaceAll("\n", "");
    };
    await expect.poll(printed, { timeout: PATIENT_MS }).toBe(`${KEYS.join("")}<end>`);
    expect(errors.filter((error) => !isOutage(error))).toEqual([]);
  });
}, 240_000);

/** What its keys are to a program that has asked for kitty's keyboard, behind the answer to whether it is there. */
const ASKED = ["^[[?1u", "^[[13;2u", "^[[105;5u", "^M", "^[[27u", "^[[13;2u", "^[[98;3u", "q"];
/** Each `^` is a key's or an escape's one byte. */
const ASKED_BYTES = ASKED.join("").replaceAll(/\^./g, "x").length;

/** Asks for it, prints what it reads, and then gives the keys back. bash itself would make a line's end of an Enter. */
const ASKER =
  `stty raw -echo opost; printf '\\e[>1u\\e[?urea''dy'; dd bs=1 count=${ASKED_BYTES} 2>/dev/null | cat -v; stty sane; printf '\\e[<u'; echo; ` +
  `echo wai''ting; IFS= read -rsn 1 c; printf '<%q>\\n' "$c"\n`;

test("a program that asks for kitty's keyboard has it, after a reload too, until it gives it back", async () => {
  await world.closeAll();
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(3));
    const row = (text: string): Promise<void> =>
      screenOf(pane).locator("div").getByText(text, { exact: true }).waitFor();
    const focused = pane.locator(".xterm-helper-textarea:focus");
    await focused.waitFor({ state: "attached" });
    await page.keyboard.type(ASKER);
    await row(`ready${ASKED[0]}`);
    for (const key of ["Shift+Enter", "Control+i", "Enter", "Escape"]) await page.keyboard.press(key);
    const typed = `ready${ASKED.slice(0, 5).join("")}`;
    await row(typed);

    await page.reload();
    await row(typed);
    await keysOf(page).focus();
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.press("Alt+b");
    await row(`ready${ASKED.slice(0, 7).join("")}`);

    await page.keyboard.press("q");
    await row("waiting");
    await page.keyboard.press("Escape");
    await row("<$'\\E'>");
    expect(errors).toEqual([]);
  });
}, 240_000);
