/** The dialogs in a real Chromium: new sessions, adding a project, the settings. By keyboard where a person would. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Fixture } from "../../renderer/testing/fixture-host.ts";
import type { DialogName } from "../../renderer/state/view.ts";
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

/** A page with this dialog open. It closes when the test ends. */
async function open(
  dialog: DialogName,
  prepare?: (page: Page) => Promise<unknown>,
  how?: OpenHow,
): Promise<Page & AsyncDisposable> {
  const page = await harness.open("columns", how);
  await prepare?.(page);
  await page.evaluate((name) => window.fixture.view.setState({ dialog: name }), dialog);
  await page.getByRole("dialog").waitFor();
  return Object.assign(page, { [Symbol.asyncDispose]: () => page.close() });
}

const inputsOf = (page: Page, verb: string) =>
  page.evaluate(
    (name) => window.fixture.calls.filter((call) => call.verb === name).map(({ input }) => input),
    verb,
  );

const dialogOf = (page: Page) => page.evaluate(() => window.fixture.view.getState().dialog);

const tasks = (page: Page) => page.getByRole("textbox", { name: "Tasks" });

const withoutKey = (page: Page) =>
  page.evaluate(() =>
    window.fixture.answer("models.list", () => [
      { id: "gpt-5.3", name: "gpt-5.3", provider: "openai", usable: false },
      { id: "offline", name: "Offline demo (recipes)", provider: "offline", usable: true },
    ]),
  );

test("three tasks are typed in one go, one with a policy of its own, and started by key", async () => {
  await using page = await open("new-session");
  await page.keyboard.type("- Add tests\n- Fix lint\n  not in generated files\n- Write docs");
  expect(await page.getByRole("list", { name: "Tasks" }).getByRole("listitem").count()).toBe(3);
  await page.getByRole("button", { name: "Change task 2" }).click();
  await page.getByRole("list", { name: "Tasks" }).getByLabel("Approval").selectOption("never");
  await tasks(page).press("End");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  const common = { agent: "oriel", approval: "on-request", sandbox: "workspace-write" };
  expect(await inputsOf(page, "sessions.create")).toEqual([
    {
      project: "/home/ada/code/acme-api",
      sessions: [
        { ...common, task: "Add tests" },
        { ...common, task: "Fix lint\n  not in generated files", approval: "never" },
        { ...common, task: "Write docs" },
      ],
    },
  ]);
  const view = await page.evaluate(() => window.fixture.view.getState());
  expect([view.panes.slice(-3), view.focused]).toEqual([
    ["ses_new_1", "ses_new_2", "ses_new_3"],
    "ses_new_1",
  ]);
  // What was started is no draft any more.
  await page.evaluate(() => window.fixture.view.setState({ dialog: "new-session" }));
  expect(await tasks(page).inputValue()).toBe("");
});

test("what was typed outlives a failure, closing and a reload", async () => {
  await using page = await open("new-session", (page) =>
    page.evaluate(() =>
      window.fixture.refuse("sessions.create", "The project's folder is gone.", { hint: "Move it back." }),
    ),
  );
  await page.keyboard.type("One\nTwo");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("The project's folder is gone. Move it back.").waitFor();
  await page.keyboard.press("Escape");
  expect(await dialogOf(page)).toBeNull();
  await page.reload();
  await page.locator("[data-app]").waitFor();
  await page.evaluate(() => window.fixture.view.setState({ dialog: "new-session" }));
  expect(await tasks(page).inputValue()).toBe("One\nTwo");
  expect(await page.getByRole("button", { name: "Start 2 sessions" }).isEnabled()).toBe(true);
});

test("several lines can be one task", async () => {
  await using page = await open("new-session");
  await page.getByLabel("All of it is one task").check();
  await tasks(page).fill("# Add tests\n\n- cart\n- quotes");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await inputsOf(page, "sessions.create")).toMatchObject([
    { sessions: [{ task: "# Add tests\n\n- cart\n- quotes" }] },
  ]);
});

test("without a usable model it says so, and the offline demo is one press away", async () => {
  await using page = await open("new-session", withoutKey);
  await tasks(page).fill("Add tests");
  await page.getByRole("alert").getByText("can't be used now").waitFor();
  await page.keyboard.press("Control+Enter");
  expect(await inputsOf(page, "sessions.create")).toEqual([]);
  await page.getByRole("button", { name: "Use the offline demo" }).click();
  await page.getByRole("button", { name: /^Start/ }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(await inputsOf(page, "sessions.create")).toMatchObject([
    { sessions: [{ task: "Add tests", model: "offline" }] },
  ]);
});

test("without a usable model, the settings are one press away and the text stays", async () => {
  await using page = await open("new-session", withoutKey);
  await tasks(page).fill("Add tests");
  await page.getByRole("button", { name: "Set up a model…" }).click();
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await page.evaluate(() => window.fixture.view.setState({ dialog: "new-session" }));
  expect(await tasks(page).inputValue()).toBe("Add tests");
});

const folders = (page: Page) =>
  page.evaluate(() =>
    window.fixture.answer("projects.browse", (input) => {
      const path = String(Reflect.get(Object(input), "path"));
      const folder = (name: string, repository: boolean) => ({ name, path: `/w/${name}`, repository });
      const all = [folder("acme", true), folder("acorn", false), folder("beta", true)];
      const typed = path.replace(/^\/w\/?/, "");
      const exact = all.find(({ name }) => typed === name || typed === `${name}/`);
      if (exact) return { folder: exact.path, parent: "/w", repository: exact.repository, entries: [] };
      return {
        folder: "/w",
        parent: "/",
        repository: false,
        entries: all.filter(({ name }) => name.startsWith(typed)),
      };
    }),
  );

test("a project is found by typing, with Tab and arrows, and leads to its first sessions", async () => {
  await using page = await open("add-project", folders);
  const field = page.getByRole("combobox");
  await page.keyboard.type("/w/b");
  await page.getByRole("option", { name: "beta repository" }).waitFor();
  await page.getByRole("option", { name: "acme" }).waitFor({ state: "detached" });
  await page.keyboard.press("Tab");
  expect(await field.inputValue()).toBe("/w/beta/");
  await page.getByText("No folders in it.").waitFor();
  await page.keyboard.press("Alt+ArrowUp");
  expect(await field.inputValue()).toBe("/w/");
  await page.getByRole("option", { name: "acorn" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("option", { selected: true }).textContent()).toBe("acorn");
  await page.keyboard.press("Enter");
  expect(await field.inputValue()).toBe("/w/acorn/");
  await field.fill("/w/acme");
  await page.getByText("No folders in it.").waitFor();
  await page.getByRole("button", { name: "Add project" }).and(page.locator(":enabled")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "New sessions" }).waitFor();
  expect(await inputsOf(page, "projects.add")).toEqual([{ path: "/w/acme" }]);
  expect(await page.getByLabel("Project", { exact: true }).locator("option:checked").textContent()).toBe(
    "acme",
  );
});

test("a folder that is no repository says so in the dialog, until something else is typed", async () => {
  await using page = await open("add-project", async (page) => {
    await folders(page);
    await page.evaluate(() =>
      window.fixture.refuse("projects.add", "/w/acorn is not a git repository.", {
        hint: "Run git init in it.",
      }),
    );
  });
  const field = page.getByRole("combobox");
  await field.fill("/w/acorn");
  await page.getByText("No folder here goes on like that.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("not a git repository").waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  await page.keyboard.type("x");
  await page.getByRole("alert").waitFor({ state: "detached" });
});

test("a dropped folder: a browser says that it can't tell where it lies", async () => {
  await using page = await open("add-project", folders);
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([], "acme"));
    const target = document.querySelector("dialog input");
    target?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await page.getByRole("alert").getByText("A browser does not tell").waitFor();
  expect(await inputsOf(page, "projects.add")).toEqual([]);
});

test("a dropped folder: the window knows where it lies", async () => {
  await using page = await open("add-project", async (page) => {
    await folders(page);
    await page.evaluate(() => {
      const key = { has: async () => false, set: async () => null, clear: async () => undefined };
      Object.assign(window, { oriel: { key, pathOf: () => "/w/beta", onCommand: () => () => undefined } });
    });
  });
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([], "beta"));
    const target = document.querySelector("dialog input");
    target?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  });
  await page.getByRole("dialog", { name: "New sessions" }).waitFor();
  expect(await inputsOf(page, "projects.add")).toEqual([{ path: "/w/beta" }]);
});

test("each setting is kept at once and says so; what makes no sense is told and not kept", async () => {
  await using page = await open("settings");
  const address = page.getByLabel("Server's address");
  await address.fill("api.openai.com");
  await address.press("Enter");
  await page.getByRole("alert").getByText("begins with http").waitFor();
  await address.fill("http://127.0.0.1:8080/v1");
  await address.press("Enter");
  await page.getByText("✓ Saved").waitFor();
  await page.getByRole("tab", { name: "Models" }).press("ArrowDown");
  await page.getByRole("radio", { name: /^Read only/ }).check();
  await page.getByRole("textbox", { name: "Turns at once" }).fill("65");
  await page.keyboard.press("Tab");
  await page.getByRole("alert").getByText("from 1 to 64").waitFor();
  await page.getByRole("textbox", { name: "Turns at once" }).fill("3");
  await page.keyboard.press("Tab");
  await page.getByRole("checkbox", { name: "Notifications" }).uncheck();
  await page.getByRole("tab", { name: "Appearance" }).click();
  await page.getByRole("radio", { name: "Light" }).check();
  await page.locator('[data-theme="light"]').waitFor();
  expect(await inputsOf(page, "settings.set")).toEqual([
    { baseUrl: "http://127.0.0.1:8080/v1" },
    { sandbox: "read-only" },
    { places: 3 },
    { notifications: false },
    { theme: "light" },
  ]);
});

test("a key goes to the host, is never shown, and the connection can be tried", async () => {
  await using page = await open("settings", (page) =>
    page.evaluate(() => {
      window.fixture.answer("host.credentials", () => ({}));
      window.fixture.refuse("models.test", "The server does not accept the key.", {
        hint: "Check the key.",
        details: "401",
      });
    }),
  );
  const key = page.getByLabel("Key", { exact: true });
  await key.fill("sk-secret 1");
  await key.press("Enter");
  await page.getByRole("alert").getByText("A key has no spaces").waitFor();
  await key.fill("sk-secret");
  await key.press("Enter");
  await page.getByText("In use, until Oriel's host ends").waitFor();
  expect([
    await key.inputValue(),
    await key.getAttribute("type"),
    await inputsOf(page, "host.credentials"),
  ]).toEqual(["", "password", [{ apiKey: "sk-secret" }]]);
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("The server does not accept the key. Check the key.").waitFor();
  await page.evaluate(() => window.fixture.answer("models.test", () => ({ model: "gpt-5.3", ms: 412.4 })));
  await page.getByRole("button", { name: "Test connection" }).click();
  await page.getByText("✓ gpt-5.3 answered in 0.4 s (412 ms).").waitFor();
});

/** Has axe look at the open dialog, and at whether it fits; what it finds is collected. */
function looker(page: Page) {
  const found: unknown[] = [];
  const look = async (where: string): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).include("dialog").setLegacyMode().analyze();
    found.push(...violations.map(({ id, nodes }) => [where, id, nodes.map(({ html }) => html)]));
    const [wide, shown] = await page
      .getByRole("dialog")
      .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
    if (wide !== shown) found.push([where, "wider than the window", wide, shown]);
  };
  return { found, look };
}

const DARK_AND_LIGHT = [
  ["dark", 1440, 900],
  ["light", 400, 800],
] as const;

test.each(DARK_AND_LIGHT)(
  "axe finds nothing in the dialogs that one types in (%s, %d×%d)",
  async (theme, width, height) => {
    await using page = await open("new-session", withoutKey, { theme, width, height });
    const { found, look } = looker(page);
    await tasks(page).fill("One\nTwo");
    await page.getByRole("button", { name: "Change task 2" }).click();
    await look("new-session");
    await page.evaluate(() => window.fixture.view.setState({ dialog: "add-project" }));
    await page.getByRole("option").first().waitFor();
    await look("add-project");
    await page.evaluate(() => window.fixture.view.setState({ dialog: "settings" }));
    for (const tab of ["Models", "Agents", "Appearance", "Keyboard", "About"]) {
      await page.getByRole("tab", { name: tab }).click();
      await look(tab);
    }
    expect(found).toEqual([]);
  },
);

test.each(DARK_AND_LIGHT)(
  "axe finds nothing in the other dialogs (%s, %d×%d)",
  async (theme, width, height) => {
    await using page = await open("shortcuts", undefined, { theme, width, height });
    const { found, look } = looker(page);
    await look("shortcuts");
    for (const [dialog, name] of [
      ["merge", /^Merge/],
      ["palette", /^Find/],
    ] as const) {
      await page.evaluate(
        (open) => window.fixture.view.setState({ focused: "ses_docs", dialog: open }),
        dialog,
      );
      await page.getByRole("dialog", { name }).waitFor();
      await look(dialog);
    }
    const field = page.getByRole("combobox");
    await field.fill((await field.getAttribute("placeholder")) ?? "");
    if (await field.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth))
      found.push("the palette's placeholder is cut");
    expect(found).toEqual([]);
  },
);

/** What has the focus, in the words of a screen reader, as far as they are needed to tell one control from another. */
const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element?.closest("dialog")) return element === document.body ? "the browser" : "outside";
    const label = document.querySelector(`label[for="${element.id}"]`) ?? element.closest("label");
    return element.getAttribute("aria-label") ?? (label ?? element).textContent;
  });

test.each<[DialogName, readonly string[]]>([
  [
    "new-session",
    ["Project", "Add a project…", "One task a line", "Tasks", "Change: Model and policies", "Close"],
  ],
  ["add-project", ["Folder of the repository", "Close"]],
  ["settings", ["Models", "Server's address", "Key", "Model of new sessions", "Test connection", "Close"]],
  ["merge", ["Into the branch", "Squash", "Cancel", "Merge", "Close"]],
  ["palette", ["Find a session or a command"]],
  ["shortcuts", ["Close"]],
])("the dialog %s is walked by Tab, keeps the focus, and Escape gives it back", async (dialog, stops) => {
  await using page = await harness.open("columns");
  const composer = page.locator("[data-pane=ses_docs] [data-composer] textarea");
  await composer.focus();
  await page.evaluate((name) => window.fixture.view.setState({ dialog: name }), dialog);
  await page.getByRole("dialog").waitFor();
  const seen = [await focusedName(page)];
  for (let press = 0; press < 20 && (press === 0 || seen.at(-1) !== seen[0]); press += 1) {
    await page.keyboard.press("Tab");
    seen.push(await focusedName(page));
  }
  expect([
    seen.includes("outside"),
    stops.filter((stop) => !seen.some((name) => name.startsWith(stop))),
  ]).toEqual([false, []]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.locator("[data-pane=ses_docs] [data-composer] textarea:focus").waitFor();
});

test("everything is stopped from the menu, after one question that says how much it is", async () => {
  await using page = await harness.open("columns");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Stop everything…" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop everything?" });
  await dialog
    .getByText("This ends 2 turns, 3 shells and 1 command, and whatever was started in them")
    .waitFor();
  // Enter alone ends nothing.
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect(await inputsOf(page, "host.stopAll")).toEqual([]);
  await page.evaluate(() => window.fixture.view.setState({ dialog: "stop-all" }));
  await dialog.getByRole("button", { name: "Stop everything" }).click();
  await page.getByText("Ended: 2 turns, 3 shells and 1 command.").waitFor();
  expect([await inputsOf(page, "host.stopAll"), await dialogOf(page)]).toEqual([[{}], null]);
});
