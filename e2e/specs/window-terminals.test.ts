/** Terminals of the built app in a real Chromium, with their shells. */
import path from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Client } from "#app/cli/connect.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say } from "#main/agent/testing/model-server/script.ts";
import { createRepository } from "../driver/repository.ts";
import { addressOf, connectWeb, viewTerminal } from "../driver/web.ts";
import type { WebAddress } from "../driver/web.ts";
import { builtApp, explained, launchBrowser, openPage, startWindow } from "../driver/window.ts";
import type { OpenedPage } from "../driver/window.ts";

const SESSIONS = 8;
const EACH = 5;
/** Of the pool in renderer/terminal/webgl-pool.ts. */
const MAX_CONTEXTS = 8;
const titleOf = (index: number): string => `Look ${index + 1}`;

interface World extends AsyncDisposable {
  readonly address: WebAddress;
  readonly client: Client;
  readonly sessions: readonly string[];
  open(): Promise<OpenedPage>;
}

/** Eight sessions whose turns are over. */
async function startWorld(): Promise<World> {
  const owned = new AsyncDisposableStack();
  const built = owned.use(await builtApp());
  const model = owned.use(await startModelServer([{ match: "", steps: [say("Done.")] }]));
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-none" };
  const { oriel, url } = owned.use(await startWindow(built, { env }));
  const browser = owned.use(await launchBrowser(["--enable-unsafe-swiftshader"]));
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const address = addressOf(url);
  const { client } = owned.use(await connectWeb(address));
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
    client,
    sessions: sessions.map(({ id }) => id),
    open: () => openPage(browser, url),
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

/** Moves the pointer to the beginning of the last row with this text: above it is the command that printed it. */
async function pointAt(pane: Locator, text: string): Promise<void> {
  const box = await screenOf(pane).locator("div", { hasText: text }).last().boundingBox();
  if (!box) throw new Error(`no row shows ${text}`);
  await pane.page().mouse.move(box.x + 20, box.y + box.height / 2);
}

test("the Terminal tab gives the shell the keys; a changed file's name there leads to the diff", async () => {
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const pane = await openTerminals(page, titleOf(0));
    await pane.locator(".xterm-helper-textarea:focus").waitFor({ state: "attached" });
    // As a person does, who types at once.
    await page.keyboard.type("mkdir -p src; echo 1 | tee 'src/my <b>.ts' a.txt; cd src; PS1=; clear\n");
    await page.keyboard.type("ls; echo '../a.txt:1: here'; echo /etc/passwd; echo b.txt\n");
    await screenOf(pane).locator("div", { hasText: "my <b>.ts" }).first().waitFor();

    const hint = pane.getByText(/\+click shows it in the diff$/);
    await pointAt(pane, "../a.txt:1: here");
    await hint.waitFor();
    expect(await pane.locator("[title='a.txt']").count()).toBe(1);
    for (const other of ["/etc/passwd", "b.txt"]) {
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

/** Fills a terminal's screen with lines of its own. */
async function fill(terminal: string, index: number): Promise<void> {
  using view = await viewTerminal(world.address, terminal);
  await view.until(({ screens }) => screens === 1);
  view.type(`PS1=; clear; for n in 1 2 3; do echo "Screen ${index}, line $n"; done; echo fil''led\n`);
  await view.until(({ end }) => end.includes("filled\r\n"));
}

test("of forty terminals each shows its screen, few have a WebGL context", async () => {
  const { client, sessions } = world;
  const before = (await client.terminals.list({})).map(({ id }) => client.terminals.close({ terminal: id }));
  await Promise.all(before);
  for (const [at, session] of sessions.entries()) {
    const opened = await Promise.all(
      Array.from({ length: EACH }, () => client.terminals.open({ session, cols: 80, rows: 24 })),
    );
    await Promise.all(opened.map(({ id }, index) => fill(id, at * EACH + index)));
  }
  await using opened = await world.open();
  const { page, errors } = opened;
  await explained(page, async () => {
    const { seen, contexts } = await walkThroughAll(page);
    expect(seen.map((rows) => rows.join("\n")).toSorted()).toEqual(SCREENS.toSorted());
    expect(contexts).toBeGreaterThan(0);
    expect(contexts).toBeLessThanOrEqual(MAX_CONTEXTS);
    expect(errors).toEqual([]);
  });
}, 240_000);

/** What each terminal showed, in the order of sessions; and the most WebGL contexts that there were. */
async function walkThroughAll(page: Page): Promise<{ seen: string[][]; contexts: number }> {
  const seen: string[][] = [];
  let contexts = 0;
  for (let at = 0; at < SESSIONS; at += 1) {
    const pane = await openTerminals(page, titleOf(at));
    const tabs = pane.getByRole("tab", { name: /^\d+: / });
    await tabs.nth(EACH - 1).waitFor();
    for (let index = 0; index < EACH; index += 1) {
      await tabs.nth(index).click();
      const rows = screenOf(pane).locator("div:not(:empty)");
      await rows.filter({ hasText: "filled" }).waitFor();
      seen.push((await rows.allTextContents()).map((row) => row.trim()).filter(Boolean));
    }
    const drawn = await page.evaluate<number>(
      "[...document.querySelectorAll('.xterm canvas')].filter((each) => each.getContext('webgl2')).length",
    );
    contexts = Math.max(contexts, drawn);
  }
  return { seen, contexts };
}
