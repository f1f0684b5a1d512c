/** Where the keys are after each action, what is told and where, and how panes share the window, in a real Chromium. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fixture } from "../../renderer/testing/fixture-host.ts";
import { openHarness } from "../driver/harness.ts";
import type { Harness, OpenHow } from "../driver/harness.ts";

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

/** Waits until the keys are there. */
const keysAt = (page: Page, place: string) => page.locator(`${place}:focus`).waitFor();
const composer = (session: string): string => `[data-pane=${session}] [data-composer] textarea`;

test("a window that becomes narrow shows the session at work, with the keys in it", async () => {
  await using page = await open("columns");
  await page.locator(composer("ses_tests")).focus();
  await page.keyboard.type("one ");
  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByRole("navigation").waitFor({ state: "detached" });
  await keysAt(page, composer("ses_tests"));
  await page.keyboard.type("two");
  expect(await page.locator(composer("ses_tests")).inputValue()).toBe("one two");
});

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

test("an answer that the host gives late takes no keys from who has gone on", async () => {
  await using page = await open("columns");
  const docker = page.locator("[data-pane=ses_docker]");
  const answerLate = (verb: string) =>
    page.evaluate(
      (late) =>
        window.fixture.answer(late, async () => {
          await new Promise((resolve) => window.addEventListener("late", resolve, { once: true }));
          if (late === "sessions.create") return { cursor: 0, sessions: [{ id: "ses_docker" }] };
          window.fixture.emit("session/ses_docker", "session.restored", {});
          return {};
        }),
      verb,
    );
  const untilAsked = (verb: string) =>
    page.waitForFunction((late) => window.fixture.calls.some((call) => call.verb === late), verb);
  const answer = () => page.evaluate(() => void window.dispatchEvent(new Event("late")));
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

  await answerLate("sessions.restore");
  await docker.getByRole("button", { name: "Session menu" }).click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await untilAsked("sessions.restore");
  const field = page.locator(composer("ses_docs"));
  await field.click();
  await page.keyboard.type("Hel");
  await answer();
  await docker.locator("[data-ask]").waitFor();
  await drawn();
  await page.keyboard.type("lo");
  expect(await field.inputValue()).toBe("Hello");

  await answerLate("sessions.create");
  await page.keyboard.press("Control+i");
  await page.getByRole("dialog").getByRole("textbox", { name: "Tasks" }).waitFor();
  await page.keyboard.type("One");
  await page.keyboard.press("Control+Enter");
  await untilAsked("sessions.create");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog").getByRole("combobox");
  await palette.waitFor();
  await page.keyboard.type("> sho");
  expect(await focused(page)).toBe("ses_docs");
  await answer();
  await page.waitForFunction(() => window.fixture.view.getState().focused === "ses_docker");
  await drawn();
  await page.keyboard.type("w");
  expect(await palette.inputValue()).toBe("> show");
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
  await page.locator("[data-pane=ses_docs] [data-lists-files]:focus").waitFor();
  await pane.getByRole("tab", { name: "Activity" }).focus();
  await page.keyboard.press("Enter");
  await keysAt(page, composer("ses_docs"));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("> show diff");
  await page.keyboard.press("Enter");
  await page.locator("[data-pane=ses_docs] [data-lists-files]:focus").waitFor();
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
  // The columns follow what they are measured to have, a frame later.
  await expect.poll(async () => (await at())[1]).toBe(960);
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
