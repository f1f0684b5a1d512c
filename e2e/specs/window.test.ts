/** A day in the window: the built app in a real Chromium, three sessions at once on a real package. */
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { ScriptedModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { Reply } from "#main/agent/testing/model-server/script.ts";
import { createRepository, git } from "../driver/repository.ts";
import { launchBrowser } from "../driver/browser.ts";
import {
  builtApp,
  explained,
  isOutage,
  openPage,
  PATIENT_MS,
  seriousFlaws,
  startWindow,
  tabTo,
} from "../driver/window.ts";

/** From the npm registry, as `npm install` unpacked it: MIT, without dependencies. */
const PACKAGE = fileURLToPath(new URL("../../node_modules/ws", import.meta.url));

const TESTS = "Add the missing tests";
const LINT = "Fix lint in the limiter";
const DOCS = "Write the API docs";

const plan = (...statuses: string[]): Reply => {
  const texts = ["Look around", "Do it", "Check it"];
  const steps = statuses.map((status, index) => ({ text: texts[index], status }));
  return call("update_plan", { explanation: null, steps });
};

/** Says a word and then waits for the file `.go`. */
const untilTold = (word: string, command: string): Reply =>
  shellCall(`echo ${word}; until [ -e .go ]; do sleep 0.05; done; rm .go; ${command}`);

/** Some words of an answer, then nothing more. */
const SILENT = say("one two three four five", { fault: { kind: "silence", afterEvents: 5 } });

const patch = (...lines: string[]): Reply =>
  call("apply_patch", { patch: ["*** Begin Patch", ...lines, "*** End Patch"].join("\n") });

const ADDED = ["'use strict';", "require('node:test').test('nothing yet', () => {});"];

const SCRIPT = [
  {
    match: TESTS,
    steps: [
      plan("in_progress", "pending", "pending"),
      untilTold("looking", "ls lib | head -3"),
      patch("*** Add File: test/added.test.js", ...ADDED.map((line) => `+${line}`)),
      plan("completed", "completed", "in_progress"),
      untilTold("checking", "node --test test/"),
      plan("completed", "completed", "completed"),
      say("One test, and it passes."),
    ],
  },
  {
    match: LINT,
    steps: [
      plan("completed", "in_progress", "pending"),
      shellCall("echo linting; sleep 1000"),
      SILENT,
      patch(
        "*** Update File: lib/limiter.js",
        "@@",
        "+// Limits how many jobs run at once.",
        " 'use strict';",
      ),
      say("The limiter says what it does."),
    ],
  },
  {
    match: DOCS,
    steps: [
      shellCall("mkdir -p docs && echo '# API' > docs/api.md"),
      plan("completed", "in_progress", "pending"),
      SILENT,
      say("Written, and read again."),
    ],
  },
];

const pane = (page: Page, title: string): Locator => page.getByRole("region", { name: title, exact: true });
const activity = (page: Page, title: string): Locator => pane(page, title).getByRole("log");
const composer = (page: Page, title: string): Locator =>
  page.getByRole("textbox", { name: `Message to ${title}` });
const screen = (page: Page): Locator => page.locator(".xterm-accessibility-tree");
const row = (page: Page, section: string, title: string): Locator =>
  page
    .getByRole("navigation", { name: "Sessions" })
    .getByRole("region", { name: section })
    .getByRole("button", { name: title });

test("three sessions on a real package, from the first path to a host that was killed in mid-turn", async () => {
  await using built = await builtApp();
  await using server = await startModelServer(SCRIPT);
  await using window = await startWindow(built, {
    env: { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-none" },
  });
  const project = path.join(window.oriel.root, "ws");
  await cp(PACKAGE, project, { recursive: true });
  await createRepository(project, {});
  await using browser = await launchBrowser();
  await using opened = await openPage(browser, window.url);
  const { page, errors } = opened;

  await explained(page, async () => {
    await startThree(page, project);
    await seeThemAtWork(page, window.oriel.dataDir);
    await steerStopContinue(page, server);
    await approve(page);
    await merge(page, project);
    expect(await flawsOfViews(page)).toEqual([]);

    await page.reload();
    await seeAll(page);
    expect(errors).toEqual([]);

    const lost = page.getByText(/The connection to Oriel is lost/).waitFor();
    await window.oriel.killHost();
    await lost;
    await comeBack(page);
    await seeAll(page);
    expect(errors.filter((error) => !isOutage(error))).toEqual([]);
  });
}, 240_000);

/** From the first screen, without a mouse: the project's path, three tasks of which one asks, one start. */
async function startThree(page: Page, project: string): Promise<void> {
  await page.getByLabel("Folder of a git repository").waitFor();
  await page.keyboard.type(project);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "New sessions" });
  await expect.poll(() => dialog.getByLabel("Tasks").first().isVisible(), { timeout: PATIENT_MS }).toBe(true);
  await page.keyboard.type(`${TESTS}\n${LINT}\n${DOCS}`);
  const change = dialog.getByRole("button", { name: "Change task 3" });
  await tabTo(page, change);
  await page.keyboard.press("Enter");
  const policy = dialog.getByRole("list", { name: "Tasks" }).getByLabel("Approval");
  await tabTo(page, policy);
  await policy.selectOption("untrusted");
  await page.keyboard.press("Control+Enter");
  for (const title of [TESTS, LINT, DOCS]) await pane(page, title).waitFor();
}

/** The plan ticks, output comes while it is written, a shell stands in the worktree, and the diff grows. */
async function seeThemAtWork(page: Page, dataDir: string): Promise<void> {
  const tests = pane(page, TESTS);
  const steps = tests.getByRole("list", { name: "Plan" }).getByRole("listitem");
  await tests.getByRole("button", { name: "Plan 0/3" }).waitFor();
  await activity(page, TESTS).getByText("looking", { exact: true }).waitFor();
  await activity(page, LINT).getByText("linting", { exact: true }).waitFor();
  expect(await steps.allTextContents()).toEqual([
    "●in progress: Look around",
    "○to do: Do it",
    "○to do: Check it",
  ]);

  await tabTo(page, tests.getByRole("tab", { name: "Activity" }));
  await page.keyboard.press("ArrowRight");
  await tabTo(page, tests.getByRole("textbox", { name: "Terminal input" }));
  await page.keyboard.type("pwd\n");
  await screen(page).getByText(path.join(dataDir, "worktrees")).first().waitFor();
  await page.keyboard.type("touch .go\n");

  await page.keyboard.press("Control+Shift+ArrowUp");
  await tabTo(page, tests.getByRole("tab", { name: "Terminal", exact: true }), "Shift+Tab");
  await page.keyboard.press("ArrowRight");
  const changes = tests.getByRole("region", { name: "Changes" });
  await changes.getByRole("button", { name: "Added test/added.test.js" }).first().waitFor();
  await changes.getByText("nothing yet").waitFor();
  await row(page, "Running", TESTS).waitFor();
  await page.keyboard.press("ArrowLeft");
  await tabTo(page, tests.getByRole("textbox", { name: "Terminal input" }));
  await page.keyboard.type("touch .go\n");
  await row(page, "Ready", TESTS).waitFor();
  await page.keyboard.press("Control+Shift+ArrowUp");
  await page.keyboard.press("Shift+Tab");
  await tabTo(page, tests.getByRole("tab", { name: "Terminal", exact: true }), "Shift+Tab");
  await page.keyboard.press("Home");
  await activity(page, TESTS).getByText("One test, and it passes.").waitFor();
}

/** What is steered is in the model's next request; one key stops, one goes on. */
async function steerStopContinue(page: Page, server: ScriptedModelServer): Promise<void> {
  const words = "Only the limiter, please.";
  await tabTo(page, composer(page, LINT));
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await activity(page, LINT).getByText("one two three").waitFor();
  const steered = server.requests.filter(({ body }) => JSON.stringify(body["input"]).includes(words));
  expect(steered).toHaveLength(1);

  await page.keyboard.press("Control+.");
  await row(page, "Needs you", LINT).waitFor();
  await page.keyboard.press("Control+Shift+.");
  await row(page, "Ready", LINT).waitFor();
  await activity(page, LINT).getByText("The limiter says what it does.").waitFor();
}

/** `y` in the pane lets the command run that asks. */
async function approve(page: Page): Promise<void> {
  const asked = pane(page, DOCS).getByRole("group", { name: "Approval" });
  await asked.getByText("docs/api.md").waitFor();
  await page.keyboard.press("Control+j");
  await tabTo(page, asked);
  await page.keyboard.press("y");
  await activity(page, DOCS).getByText("one two three").waitFor();
}

/** From the list, by its letter; the person's checkout moves along. */
async function merge(page: Page, project: string): Promise<void> {
  const ready = row(page, "Ready", TESTS);
  await tabTo(page, page.getByRole("button", { name: "New", exact: true }), "Shift+Tab");
  await page.keyboard.press("Tab");
  await tabTo(page, ready, "ArrowDown");
  await page.keyboard.press("m");
  await page.getByRole("dialog", { name: `Merge “${TESTS}”` }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText(`“${TESTS}” is merged into main.`).waitFor();
  expect(await readFile(path.join(project, "test/added.test.js"), "utf8")).toBe(`${ADDED.join("\n")}\n`);
  expect(await git(project, "status", "--porcelain")).toBe("");
}

/** axe on each main view, in both themes: one pane on each of its faces, then the layouts. */
async function flawsOfViews(page: Page): Promise<readonly string[]> {
  const flaws: string[] = [];
  // The terminal last: in it, Tab is the shell's.
  for (const [title, key] of [
    [LINT, "End"],
    [TESTS, "ArrowRight"],
  ] as const) {
    await tabTo(page, pane(page, title).getByRole("tab", { name: "Activity" }));
    await page.keyboard.press(key);
  }
  await screen(page).getByText("touch .go").first().waitFor();
  await pane(page, LINT).getByText("Limits how many jobs run at once.").waitFor();
  // By its highlighter's colours: they come after the text.
  await pane(page, LINT).locator("[style*='--diffs-token']").first().waitFor();
  for (const layout of ["columns", "wall", "focus"]) {
    await page.getByRole("radio", { name: layout, checked: true }).waitFor();
    for (const colorScheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
      const found = await seriousFlaws(page);
      flaws.push(...found.map((flaw) => `${layout}, ${colorScheme}: ${flaw}`));
    }
    await page.keyboard.press("Control+\\");
  }
  return flaws;
}

/** What the three have said and done so far, and the shell with what it said. */
async function seeAll(page: Page): Promise<void> {
  await row(page, "Earlier", TESTS).waitFor();
  await row(page, "Ready", LINT).waitFor();
  await screen(page).getByText("touch .go").first().waitFor();
  await pane(page, LINT).getByText("Limits how many jobs run at once.").waitFor();
  await activity(page, DOCS).getByText("docs/api.md").first().waitFor();
}

/** The page finds the host by itself; one key leads to what was cut off, one goes on with it. */
async function comeBack(page: Page): Promise<void> {
  const away = page.getByRole("region", { name: "While you were away" });
  await away.getByRole("button", { name: DOCS }).waitFor();
  await row(page, "Needs you", DOCS).waitFor();
  expect(await page.getByText(/The connection to Oriel is lost/).count()).toBe(0);
  await page.keyboard.press("Control+j");
  await page.keyboard.press("Control+Shift+.");
  await row(page, "Ready", DOCS).waitFor();
  await activity(page, DOCS).getByText("Written, and read again.").waitFor();
  await away.waitFor({ state: "detached" });
}
