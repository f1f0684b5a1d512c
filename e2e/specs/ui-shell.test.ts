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
    status: "1 running · 2 waiting · 4 need you · 1 ready",
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

/** Waits until the keys are there. */
const keysAt = (page: Page, place: string) => page.locator(`${place}:focus`).waitFor();
const composer = (session: string): string => `[data-pane=${session}] [data-composer] textarea`;

test("after each action the keys are where the person goes on, never nowhere", async () => {
  await using page = await open("columns");
  const button = (session: string, name: string | RegExp) =>
    page.locator(`[data-pane=${session}]`).getByRole("button", { name });

  await page.keyboard.press("Control+i");
  await page.getByRole("dialog").getByRole("textbox", { name: "Tasks" }).waitFor();
  await page.keyboard.type("One\nTwo");
  await page.keyboard.press("Control+Enter");
  await keysAt(page, composer("ses_new_1"));

  await button("ses_tests", /^Stop/).click();
  await keysAt(page, composer("ses_tests"));
  await button("ses_tests", "Continue").first().click();
  await keysAt(page, composer("ses_tests"));

  await button("ses_docs", "Merge…").click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Merge/ })
    .click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await keysAt(page, composer("ses_docs"));

  // The pane that takes its place, or the last.
  await button("ses_docs", "Close the pane").click();
  await keysAt(page, "[data-pane=ses_docker] [data-ask]");
  await button("ses_docker", "Session menu").click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await keysAt(page, composer("ses_new_1"));
  // It comes back to where it was.
  await page.getByRole("button", { name: "Undo" }).click();
  await keysAt(page, "[data-pane=ses_docker] [data-ask]");
  expect(await page.evaluate(() => window.fixture.view.getState().panes)).toEqual([
    "ses_tests",
    "ses_docker",
    "ses_new_1",
    "ses_new_2",
  ]);
});

test("in the list the keys stay with a session that moves, and go to the next one when it is archived", async () => {
  await using page = await open("columns");
  const row = (session: string): string => `nav [data-item=${session}]`;
  await page.locator(row("ses_tests")).focus();
  await page.keyboard.press("s");
  await page.locator("[data-section=needs-you] [data-item=ses_tests]:focus").waitFor();
  await page.keyboard.press("c");
  await page.locator("[data-section=running] [data-item=ses_tests]:focus").waitFor();
  await page.keyboard.press("a");
  await keysAt(page, row("ses_cache"));
  // What no pane showed comes back as its row.
  await page.keyboard.press("a");
  await keysAt(page, row("ses_types"));
  await page.getByRole("button", { name: "Undo" }).first().click();
  await keysAt(page, row("ses_cache"));
  expect((await calls(page)).map(({ verb }) => verb)).toEqual([
    "sessions.stop",
    "sessions.continue",
    "sessions.archive",
    "sessions.archive",
    "sessions.restore",
  ]);
});

test("changing the layout and leaving the last pane keep the keys on something", async () => {
  await using page = await open("two");
  await page.locator(composer("ses_tests")).focus();
  await page.keyboard.press("Control+\\");
  await keysAt(page, "main [data-item=ses_tests]");
  await page.keyboard.press("Control+\\");
  await keysAt(page, composer("ses_tests"));
  await page.keyboard.press("Control+\\");
  for (const session of ["ses_tests", "ses_docs"]) {
    await page.locator(`[data-pane=${session}]`).getByRole("button", { name: "Close the pane" }).click();
  }
  await page.locator("main button:focus").waitFor();
  expect(await focused(page)).toBeNull();
});

test("choosing a face goes into it", async () => {
  await using page = await open("columns");
  const pane = page.locator("[data-pane=ses_docs]");
  await pane.getByRole("tab", { name: "Diff" }).click();
  await page.locator("[data-pane=ses_docs] nav[aria-label='Changed files'] button:focus").waitFor();
  await pane.getByRole("tab", { name: "Activity" }).focus();
  await page.keyboard.press("Enter");
  await keysAt(page, composer("ses_docs"));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("> show diff");
  await page.keyboard.press("Enter");
  await page.locator("[data-pane=ses_docs] nav[aria-label='Changed files'] button:focus").waitFor();
  expect(await pane.getByRole("tab", { selected: true }).textContent()).toContain("Diff");
});

test("? shows all keys, but is text where text is typed", async () => {
  await using page = await open("columns");
  await page.locator(composer("ses_docs")).focus();
  await page.keyboard.type("Why?");
  expect(await page.locator(composer("ses_docs")).inputValue()).toBe("Why?");
  await page.locator("nav [data-item=ses_docs]").focus();
  await page.keyboard.type("?");
  await page.getByRole("dialog", { name: "Shortcuts" }).waitFor();
  expect(await page.getByText("? or Ctrl+/").count()).toBe(1);
});

test.each([
  [1440, 900],
  [1024, 700],
  [400, 800],
])(
  "what is told covers no place to type or answer in, and does not pile up (%d×%d)",
  async (width, height) => {
    for (const sidebarOpen of [true, false]) {
      await using page = await open("six", { width, height });
      await page.evaluate((open) => {
        window.fixture.view.setState({ sidebarOpen: open, focused: "ses_docker" });
        window.fixture.refuse("sessions.stop", "The host could not stop it.", {
          details: "ESRCH ".repeat(200),
        });
      }, sidebarOpen);
      const told = page.locator("[data-toasts]");
      for (const session of ["ses_docker", "ses_docker", "ses_tests"]) {
        await page.evaluate((id) => window.fixture.view.setState({ focused: id }), session);
        await page.keyboard.press("Control+.");
      }
      await told.getByText("The host could not stop it.").waitFor();
      await page.evaluate(() =>
        window.fixture.refuse("sessions.stop", `Another. ${"Long words. ".repeat(60)}`),
      );
      await page.keyboard.press("Control+.");
      await told.getByText("Another.").waitFor();
      await page.evaluate(() => window.fixture.refuse("sessions.stop", "A third."));
      await page.keyboard.press("Control+.");
      await told.getByText("A third.").waitFor();
      await told.getByText("Details").click();
      await page.evaluate(() => window.fixture.view.setState({ focused: "ses_docker" }));
      expect(await told.getByRole("button", { name: "Dismiss" }).count()).toBe(3);
      const covered = await told.evaluate((stack) => {
        const over = stack.getBoundingClientRect();
        return [...document.querySelectorAll("[data-composer]")].filter((each) => {
          const under = each.getBoundingClientRect();
          return (
            over.left < under.right &&
            under.left < over.right &&
            over.top < under.bottom &&
            under.top < over.bottom
          );
        }).length;
      });
      expect([sidebarOpen, covered]).toEqual([sidebarOpen, 0]);
    }
  },
);

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

const left = (page: Page, session: string): Promise<number> =>
  page
    .locator(`[data-pane=${session}]`)
    .evaluate((pane) => Math.round(pane.parentElement!.getBoundingClientRect().left));

test("separators are moved by keys and by the mouse, remembered, and even again by one key or a double click", async () => {
  await using page = await open("columns");
  const separator = page.getByRole("separator", { name: "Width of column 1" });
  const at = () => Promise.all(["ses_docs", "ses_docker"].map((session) => left(page, session)));
  const [second = 0, third = 0] = await at();
  await separator.focus();
  await page.keyboard.press("Shift+ArrowLeft");
  // The least is 360: it was a little more than that.
  const [least = 0] = await at();
  await page.keyboard.press("Home");
  expect([least, await at()]).toEqual([272 + 360, [second, third]]);

  await page.evaluate(() => window.fixture.view.setState({ sidebarOpen: false }));
  const [wideSecond = 0, wideThird = 0] = await at();
  const drag = async (to: readonly number[]): Promise<void> => {
    await separator.hover({ position: { x: 3, y: 400 } });
    await page.mouse.down();
    for (const x of to) await page.mouse.move(x, 400);
    await page.mouse.up();
  };
  // Out of reach and back: the line is under the pointer again.
  await drag([100, 20, 450]);
  const dragged = await at();
  expect([Math.abs((dragged[0] ?? 0) - 450) <= 1, dragged[1]]).toEqual([true, wideThird]);
  // Not by a pointer that is let go.
  await page.mouse.move(700, 400);
  await page.evaluate(() => window.fixture.view.setState({ layout: "wall" }));
  await page.evaluate(() => window.fixture.view.setState({ layout: "columns" }));
  expect(await at()).toEqual(dragged);
  await separator.dblclick({ position: { x: 3, y: 400 } });
  expect(await at()).toEqual([wideSecond, wideThird]);
});

test("another pane leaves the order, the drafts and what is read of the others as they are; all columns are even", async () => {
  await using page = await open("columns");
  const pane = page.locator("[data-pane=ses_tests]");
  await pane.getByRole("textbox").fill("half a thought");
  const log = pane.getByRole("log");
  await log.getByText("One test fails").waitFor();
  await log.focus();
  await page.keyboard.press("Home");
  await log.getByText("Add the missing tests and fix").waitFor();
  for (const session of ["ses_config", "ses_upgrade"]) {
    await page.locator(`nav [data-item=${session}]`).click();
    await page.locator(`[data-pane=${session}]:focus`).waitFor();
  }
  const boxes = await page.locator("main [data-pane]").evaluateAll((panes) =>
    panes.map((each) => {
      const { left: x, width, height } = each.parentElement!.getBoundingClientRect();
      return [each.getAttribute("data-pane"), Math.floor(x), Math.floor(width), Math.floor(height)];
    }),
  );
  const [first, second, third] = boxes.map(([, x]) => x);
  expect(boxes.map(([id, x]) => [id, x])).toEqual([
    ["ses_tests", first],
    ["ses_docs", second],
    ["ses_docker", third],
    ["ses_config", first],
    ["ses_upgrade", second],
  ]);
  expect([
    new Set(boxes.map(([, , width]) => width)).size,
    new Set(boxes.map(([, , , height]) => height)).size,
  ]).toEqual([1, 1]);
  expect(await pane.getByRole("textbox").inputValue()).toBe("half a thought");
  expect(await log.evaluate(({ scrollTop }) => scrollTop)).toBe(0);
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

test("on a phone the list and one session take turns", async () => {
  await using page = await open("columns", { width: 400, height: 800 });
  await page.getByRole("navigation").getByText("Write the API docs").click();
  await page.getByRole("region", { name: "Write the API docs" }).waitFor();
  expect(await page.getByRole("navigation").count()).toBe(0);
  await page.getByRole("button", { name: /^Sessions/ }).click();
  await page.getByRole("navigation").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
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
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    serious.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, any }) => html.slice(0, 60) + any[0]?.message).join(" | ")}`,
    ),
  ).toEqual([]);
});
