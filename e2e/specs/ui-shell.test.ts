/** The window's frame on fixture stores, in a real Chromium: names, keys, layouts, and what renders. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fixture } from "../../renderer/testing/fixture-host.ts";
import { openHarness } from "../driver/harness.ts";
import type { Harness, OpenHow } from "../driver/harness.ts";
import { countRenders, takeRenders } from "../driver/renders.ts";

declare global {
  interface Window {
    fixture: Fixture;
    /** Resolves when a test lets the host answer. */
    held: () => Promise<void>;
  }
}

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness[Symbol.asyncDispose]());

/** Opens a scene, and closes it when the test ends. */
async function open(scene: string, how?: OpenHow): Promise<Page & AsyncDisposable> {
  const page = await harness.open(scene, how);
  return Object.assign(page, { [Symbol.asyncDispose]: () => page.context().close() });
}

const calls = (page: Page) =>
  page.evaluate(() =>
    window.fixture.calls.filter(({ verb }) => verb.startsWith("sessions.") && verb !== "sessions.diff"),
  );

const focused = (page: Page) => page.evaluate(() => window.fixture.view.getState().focused);

test("landmarks, regions, tabs and the list have their names", async () => {
  await using page = await open("columns");
  expect({
    navigation: await page.getByRole("navigation").getAttribute("aria-label"),
    regions: await page
      .getByRole("region")
      .evaluateAll((all) =>
        all
          .map((region) => region.getAttribute("aria-label"))
          .filter((name) => name !== null && name.length > 12),
      ),
    tabs: await page
      .getByRole("region", { name: "Add the missing tests" })
      .getByRole("tab")
      .allTextContents(),
    layouts: await page.getByRole("radio").count(),
    status: await page.getByRole("banner").getByRole("status").textContent(),
    title: await page.title(),
  }).toEqual({
    navigation: "Sessions",
    regions: ["Add the missing tests", "Write the API docs", "Containerize the service"],
    tabs: ["Activity", "Terminal", "Diff+42 −3"],
    layouts: 3,
    status: "1 running · 2 to start · 4 need you · 1 ready",
    title: "(4) need you · Oriel",
  });
});

test("tabs are one stop, walked by arrows", async () => {
  await using page = await open("columns");
  const pane = page.getByRole("region", { name: "Write the API docs" });
  await pane.getByRole("tab", { name: "Activity" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  expect(await pane.getByRole("tab", { selected: true }).textContent()).toContain("Diff");
  await pane.getByRole("tabpanel").waitFor();
  await page.keyboard.press("ArrowRight");
  expect(await pane.getByRole("tab", { selected: true }).textContent()).toBe("Activity");
});

test("one key goes through the queue: who asks comes before what failed", async () => {
  await using page = await open("columns");
  const seen: (string | null)[] = [];
  for (let press = 0; press < 5; press += 1) {
    await page.keyboard.press("Control+j");
    seen.push(await focused(page));
  }
  expect(seen).toEqual(["ses_config", "ses_docker", "ses_logging", "ses_upgrade", "ses_config"]);
  // The keys go with it, to what is asked, so that it can be answered at once; else to the composer.
  await page.locator("[data-pane=ses_config] [data-ask]:focus").waitFor();
  for (let press = 0; press < 3; press += 1) await page.keyboard.press("Control+j");
  await page.locator("[data-pane=ses_upgrade] [data-composer] textarea:focus").waitFor();
});

test("the list has keys of its own, and shows them only while it has the focus", async () => {
  await using page = await open("columns");
  const legend = page.getByRole("list", { name: "Keys of this list" });
  expect(await legend.count()).toBe(0);
  await page.keyboard.press("s");
  expect(await calls(page)).toEqual([]);

  await page.locator("nav [data-item=ses_config]").focus();
  await legend.waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("s");
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  expect([await calls(page), await focused(page)]).toEqual([
    [{ verb: "sessions.stop", input: { session: "ses_docker" } }],
    "ses_lint",
  ]);
});

test("what is archived by a key comes back by the toast", async () => {
  await using page = await open("columns");
  await page.locator("nav [data-item=ses_docs]").focus();
  await page.keyboard.press("a");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator("nav [data-item=ses_docs]").getByText("Ready").waitFor();
  expect((await calls(page)).map(({ verb }) => verb)).toEqual(["sessions.archive", "sessions.restore"]);
});

test("a refusal says what happened, what was kept and what to do, with its details folded", async () => {
  await using page = await open("columns");
  await page.evaluate(() =>
    window.fixture.refuse("sessions.archive", "The session is at work.", {
      kept: "Nothing was moved.",
      hint: "Stop it first.",
      details: "EBUSY",
    }),
  );
  await page.locator("nav [data-item=ses_docs]").focus();
  await page.keyboard.press("a");
  await page.getByText("The session is at work. Nothing was moved. Stop it first.").waitFor();
  expect(await page.getByText("EBUSY").isVisible()).toBe(false);
});

test("a title is typed in place: Enter keeps it, Escape does not", async () => {
  await using page = await open("columns");
  await page
    .getByRole("region", { name: "Write the API docs" })
    .getByRole("tab", { name: "Activity" })
    .focus();
  await page.keyboard.press("F2");
  await page.keyboard.type("Not this");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F2");
  await page.keyboard.type("The docs");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "The docs" }).waitFor();
  // The keys are where they were before.
  await page.locator("[data-pane=ses_docs] [role=tab]:focus").waitFor();
  expect(await calls(page)).toEqual([
    { verb: "sessions.rename", input: { session: "ses_docs", title: "The docs" } },
  ]);
});

test("the palette finds sessions, runs commands after >, and adds a repository by its path", async () => {
  await using page = await open("columns");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("upgrade");
  await page.keyboard.press("Enter");
  expect(await focused(page)).toBe("ses_upgrade");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("> layout: wall");
  await page.keyboard.press("Enter");
  await page.getByRole("list", { name: "All sessions" }).waitFor();

  await page.evaluate(() =>
    window.fixture.answer("projects.browse", () => ({
      folder: "/srv/app",
      parent: "/srv",
      repository: true,
      entries: [],
    })),
  );
  await page.keyboard.press("Control+k");
  await page.keyboard.type("/srv/app");
  await page.getByRole("option", { name: "Add the project /srv/app" }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.fixture.view.getState().project === "prj_app");
});

test("merging asks how and whereto", async () => {
  await using page = await open("columns");
  await page
    .getByRole("region", { name: "Write the API docs" })
    .getByRole("button", { name: "Merge…" })
    .click();
  const dialog = page.getByRole("dialog", { name: "Merge “Write the API docs”" });
  await dialog.getByRole("radio", { name: /Merge commit/ }).check();
  await dialog.getByRole("button", { name: /^Merge/ }).click();
  await dialog.waitFor({ state: "detached" });
  expect(await calls(page)).toEqual([
    { verb: "sessions.merge", input: { session: "ses_docs", how: "merge", into: "main" } },
  ]);
});

test("panes are at least 360 px wide: then rows, then they scroll, and nothing overlaps", async () => {
  await using page = await open("six", { width: 1024, height: 700 });
  const boxes = await page.locator("main [data-pane]").evaluateAll((panes) =>
    panes.map((pane) => {
      const { x, y, width } = pane.getBoundingClientRect();
      return { x: Math.round(x), y: Math.round(y), wide: width >= 360 };
    }),
  );
  const places = new Set(boxes.map(({ x, y }) => `${x},${y}`));
  expect([places.size, new Set(boxes.map(({ x }) => x)).size, boxes.every(({ wide }) => wide)]).toEqual([
    6,
    2,
    true,
  ]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1024);
});

test("the wall shows every session that is not archived, and Enter opens one", async () => {
  await using page = await open("wall");
  const tiles = page.getByRole("list", { name: "All sessions" }).getByRole("button");
  expect(await tiles.count()).toBe(10);
  await tiles.first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "Structured logging in every handler" }).waitFor();
});

test("a wall of a thousand makes a few screens of tiles, and more as one goes on", async () => {
  await using page = await open("columns");
  await page.evaluate(() =>
    window.fixture.fleet.setState(({ sessions }) => {
      const one = sessions["ses_docs"]!;
      const all = Array.from({ length: 1000 }, (_, at) => ({
        ...one,
        id: `ses_${at}`,
        title: `Chore ${at}`,
      }));
      return {
        sessionIds: all.map(({ id }) => id),
        sessions: Object.fromEntries(all.map((each) => [each.id, each])),
      };
    }),
  );
  await page.evaluate(() => window.fixture.view.setState({ layout: "wall" }));
  const wall = page.getByRole("list", { name: "All sessions" });
  await wall.getByText("Chore 59", { exact: true }).waitFor({ state: "attached" });
  expect(await wall.getByRole("button").count()).toBeLessThan(200);
  await wall.getByRole("button").first().focus();
  for (let at = 60; at < 300; at += 60) {
    await page.keyboard.press("End");
    await wall.getByText(`Chore ${at}`, { exact: true }).waitFor({ state: "attached" });
  }
});

test("a part of the window that the host can't give comes when it is back, and one that is gone is told in its place", async () => {
  await using page = await open("columns");
  const pane = page.getByRole("region", { name: "Add the missing tests" });
  const isAsked = page.waitForRequest(/TerminalPane.*\.js$/);
  await page.route(/TerminalPane|index\.html$/, (route) => route.abort());
  await pane.getByRole("tab", { name: "Terminal", exact: true }).click();
  await isAsked;
  await page.unrouteAll({ behavior: "wait" });
  await pane.getByRole("tablist", { name: "Shells" }).waitFor({ state: "attached" });

  await page.route(/DiffPane.*\.js$/, (route) => route.fulfill({ status: 404 }));
  await pane.getByRole("tab", { name: /^Diff/ }).click();
  await pane.getByRole("alert").getByText("This part of the window can't be shown.").waitFor();
  await pane.getByRole("button", { name: "Load the window again" }).waitFor();
  await pane.getByRole("tab", { name: "Activity", exact: true }).click();
  await pane.getByRole("log", { name: "Activity" }).waitFor();
  expect(await page.getByRole("alert").count()).toBe(0);
});

test("on a phone the list and one session take turns", async () => {
  await using page = await open("columns", { width: 400, height: 800 });
  await page.getByRole("navigation").getByText("Write the API docs").click();
  await page.getByRole("region", { name: "Write the API docs" }).waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
  await page.getByRole("button", { name: /^Sessions/ }).click();
  await page.getByRole("navigation").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  // Wide again, the list is beside the session as it was before.
  await page.getByRole("navigation").getByText("Write the API docs").click();
  await page.getByRole("navigation").waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("navigation").waitFor();
});

test("on a phone a project without sessions says what to do", async () => {
  await using page = await open("empty", { width: 400, height: 800 });
  await page
    .getByRole("main")
    .getByRole("button", { name: /^New sessions/ })
    .waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
});

test("while you were away: what was cut off continues, one or all", async () => {
  await using page = await open("away");
  const away = page.getByRole("region", { name: "While you were away" });
  expect(await away.getByRole("listitem").count()).toBe(2);
  await away.getByText("Under way: $ npm test").waitFor();
  await away.getByRole("button", { name: "Continue all 2" }).click();
  await away.waitFor({ state: "detached" });
  expect((await calls(page)).map(({ verb }) => verb)).toEqual(["sessions.continue", "sessions.continue"]);
});

test("the first screen starts the sample by one click, and says why a path won't do", async () => {
  await using page = await open("first-run");
  await page.evaluate(() =>
    window.fixture.refuse("projects.add", "There is no git repository in /tmp.", {
      hint: "Choose another folder.",
    }),
  );
  await page.getByLabel("Folder of a git repository").fill("/tmp");
  await page.keyboard.press("Enter");
  await page.getByText("There is no git repository in /tmp. Choose another folder.").waitFor();
  await page.getByRole("button", { name: "Try the sample project" }).click();
  await page.getByRole("region", { name: "Containerize" }).waitFor();
  expect(await page.locator("main [data-pane]").count()).toBe(4);
});

test("the first screen stays until the sample's sessions are there, and comes to an end where they do not start", async () => {
  await using page = await open("first-run");
  const { promise: held, resolve: fail } = Promise.withResolvers<void>();
  await page.exposeFunction("held", () => held);
  await page.evaluate(() =>
    window.fixture.answer("sessions.create", async () => {
      await window.held();
      throw new Error("No worktree could be made.");
    }),
  );
  await page.getByRole("button", { name: "Try the sample project" }).click();
  await page.getByRole("button", { name: "Starting four agents…" }).waitFor();
  await page.getByRole("heading", { name: /sample/ }).waitFor();
  expect(await page.getByRole("button", { name: /^New sessions/ }).count()).toBe(0);
  fail();
  await page.getByText("No worktree could be made.").waitFor();
  await page.getByRole("button", { name: /^New sessions/ }).waitFor();
});

test("in a low pane, why an agent asks is there to be read as a whole", async () => {
  await using page = await open("columns", { width: 1024, height: 700 });
  const reason = page.getByText(/^Why it asks:/);
  expect(await reason.evaluate((text) => text.scrollHeight - text.clientHeight)).toBe(0);
  // A longer one scrolls.
  await reason.evaluate((text) => text.append(" Because.".repeat(200)));
  const scrolls = () => reason.evaluate((text) => text.scrollTop > 0);
  await reason.hover();
  await page.mouse.wheel(0, 40);
  await expect.poll(scrolls, { timeout: 30_000 }).toBe(true);
});

test("a merged session's activity says so last", async () => {
  await using page = await open("columns");
  await page.evaluate(() =>
    window.fixture.view.setState({ layout: "columns", panes: ["ses_lint"], focused: "ses_lint", tabs: {} }),
  );
  const last = page.getByRole("log", { name: "Activity" }).locator("[data-index]").last();
  await last.getByText("Merged into main").waitFor();
  expect(await last.textContent()).toBe("⇥Session: Merged into main · your checkout moved alongc77ad01");
});

test("a lost connection says since when, and a verb says that nothing was sent", async () => {
  await using page = await open("columns");
  await page.evaluate(() => window.fixture.fleet.setState({ connection: "lost" }));
  await page.getByText(/What you see is as of/).waitFor();
  await page.locator("nav [data-item=ses_docs]").focus();
  await page.keyboard.press("a");
  await page.getByText(/Nothing was sent/).waitFor();
  await page.evaluate(() => window.fixture.fleet.setState({ connection: "connected" }));
  await page.getByText(/What you see is as of/).waitFor({ state: "detached" });
  expect(await calls(page)).toEqual([]);
});

test("an event of one session renders neither another's pane nor another's row", async () => {
  await using page = await open("columns", { before: countRenders });
  await page.getByRole("region", { name: "Add the missing tests" }).getByText("One test fails").waitFor();
  await takeRenders(page);
  await page.evaluate(async () => {
    window.fixture.emit("session/ses_tests", "plan.updated", {
      turn: "ses_tests-turn-1",
      steps: [{ text: "Only this", status: "in_progress" }],
    });
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  });
  const rendered = Object.keys(await takeRenders(page));
  expect(rendered).toEqual(expect.arrayContaining(["SessionPane ses_tests", "SessionRow ses_tests"]));
  expect(rendered.filter((name) => !name.endsWith(" ses_tests"))).toEqual([]);
});

test.each([
  ["columns", "dark"],
  ["focus", "light"],
  ["merge", "dark"],
  ["wall", "light"],
  ["away", "light"],
  ["first-run", "dark"],
  ["palette", "light"],
] as const)("axe finds nothing serious in %s, %s", async (scene, theme) => {
  await using page = await open(scene, { theme });
  await page.waitForLoadState("networkidle");
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    serious.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, any }) => html.slice(0, 60) + any[0]?.message).join(" | ")}`,
    ),
  ).toEqual([]);
});
