import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Connection } from "#app/cli/connect.ts";
import { runShell } from "./shell.ts";
import { fake, fakeElectron, fakeEvent, resetFake } from "./testing/fake-electron.ts";
import type { FakeItem } from "./testing/fake-electron.ts";
import { CREATED, fakeHost } from "./testing/fake-host.ts";
import type { FakeHost, FakeHostOptions } from "./testing/fake-host.ts";

vi.mock("electron", async () => (await import("./testing/fake-electron.ts")).fakeElectron());

beforeEach(resetFake);

const S = "session/ses_1";
const PAGE = "http://127.0.0.1:4600";

/** vitest's own limit is one second, which a busy machine may take. */
const PATIENT = { timeout: 30_000 };

/** The shell on a host, its window open. Ends it when it is disposed. */
async function openShell({
  session,
  key,
  ...how
}: FakeHostOptions & { session?: string; key?: string } = {}) {
  const dir = await tempDir();
  const host = fakeHost(how);
  if (key !== undefined) {
    await writeFile(path.join(dir.path, "key"), await fakeElectron().safeStorage.encryptStringAsync(key));
  }
  let opened = Promise.withResolvers<void>();
  runShell({
    open: async () => {
      const connection = host.connection();
      opened.resolve();
      opened = Promise.withResolvers();
      return connection;
    },
    stateDir: dir.path,
    session,
    onOpen: () => fake.done.push("open"),
  });
  await vi.waitUntil(() => fake.windows.length === 1 && fake.trays[0]?.menu, PATIENT);
  return {
    host,
    dir,
    /** Resolves when the shell connects to the host again. */
    reopened: () => opened.promise,
    window: () => fake.windows.at(-1)!,
    [Symbol.asyncDispose]: async () => {
      await quit();
      await dir[Symbol.asyncDispose]();
    },
  };
}

/** Quits as the menu does. Resolves with the exit code once the shell has let go of the host. */
function quit(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  fake.exited = resolve;
  fakeElectron().app.quit();
  return promise;
}

const listen = (): boolean =>
  fakeElectron().ipcMain.emit("oriel:listening", { sender: fake.windows.at(-1)!.webContents });
/** As Electron tells the first start of a second one: the arguments in an order of Chromium's, what was handed over as it was. */
const secondStart = (handed: unknown): boolean =>
  fake.app.emit("second-instance", fakeEvent(), ["oriel", "--data-dir", "--type=x", "DIR"], "/", handed);
const item = (items: readonly FakeItem[], label: string): FakeItem => {
  const found = items.flatMap((one) => [one, ...(one.submenu ?? [])]).find((one) => one.label === label);
  if (!found) throw new Error(`there is no ${label}`);
  return found;
};
const trayItem = (label: string): FakeItem => item(fake.trays[0]?.menu?.template ?? [], label);

async function askingSession(host: FakeHost): Promise<void> {
  await host.emit(S, "session.created", CREATED);
  await host.emit(S, "turn.started", { turn: "t", reason: "task", sandboxed: true });
  await host.emit(S, "approval.requested", {
    turn: "t",
    item: "i",
    approval: "a",
    action: "npm install",
    reason: "",
  });
}

test("it opens the page that the host serves, and leaves without a trace", async () => {
  await using shell = await openShell();
  expect(shell.window().calls).toEqual([`load ${PAGE}`]);
  shell.window().emit("ready-to-show");
  expect(shell.window().calls).toEqual([`load ${PAGE}`, "show"]);
  expect(fake.done).toEqual(["open"]);
  expect(shell.host.calls.map(({ verb }) => verb)).toEqual(["host.openWeb", "fleet.view", "log.read"]);
  expect(await quit()).toBe(0);
});

test("it shows who waits: badge, tray and a notification whose click opens the session", async () => {
  await using shell = await openShell();
  await askingSession(shell.host);
  expect(fake.badge).toBe(1);
  expect(fake.trays[0]?.tooltip).toBe("Oriel: 1 needs you, 1 running");
  expect(fake.notifications.map(({ options, shown }) => ({ ...options, shown }))).toEqual([
    { title: "Fix lint: asks to run a command", body: "npm install", shown: true },
  ]);
  listen();
  fake.notifications[0]?.emit("click");
  expect(shell.window().calls.slice(1)).toEqual(["show", "focus"]);
  expect(shell.window().contents.sent).toEqual([["oriel:command", { kind: "open", session: "ses_1" }]]);
  await shell.host.emit(S, "approval.resolved", { approval: "a", decision: "approved" });
  expect(fake.badge).toBe(0);
});

test("a session has one notification, which goes when it holds no longer", async () => {
  await using shell = await openShell();
  await askingSession(shell.host);
  await shell.host.emit(S, "item.started", {
    turn: "t",
    item: "q",
    content: { kind: "question", question: "Which port?" },
  });
  const shown = () => fake.notifications.map(({ options, shown }) => [options.body, shown]);
  expect(shown()).toEqual([
    ["npm install", false],
    ["Which port?", true],
  ]);
  await shell.host.emit(S, "turn.interrupted", { turn: "t", reason: "stopped", text: "Stopped by you." });
  expect(shown().at(-1)).toEqual(["Which port?", true]);
  await shell.host.emit(S, "session.archived", { trash: "" });
  expect(shown().at(-1)).toEqual(["Which port?", false]);
});

test("a notification that the system refuses is forgotten; where there are none, none is made", async () => {
  {
    await using shell = await openShell();
    await askingSession(shell.host);
    fake.notifications[0]?.emit("failed", fakeEvent(), "not signed");
    await shell.host.emit(S, "session.archived", { trash: "" });
    expect(fake.notifications[0]?.shown).toBe(true);
  }
  resetFake();
  fake.notifiable = false;
  await using shell = await openShell();
  await askingSession(shell.host);
  expect([fake.badge, fake.notifications]).toEqual([1, []]);
});

test("it is quiet while the window is looked at, or when that is the setting", async () => {
  {
    await using shell = await openShell();
    shell.window().focused = true;
    await askingSession(shell.host);
    expect([fake.badge, fake.notifications.length]).toEqual([1, 0]);
  }
  resetFake();
  await using shell = await openShell({ settings: { notifications: false } });
  await askingSession(shell.host);
  expect([fake.badge, fake.notifications.length]).toEqual([1, 0]);
});

test("a second start brings the window up and hands over what it was asked for", async () => {
  await using shell = await openShell();
  listen();
  shell.window().minimized = true;
  secondStart({ session: "ses_7" });
  expect(shell.window().calls.slice(1)).toEqual(["restore", "show", "focus"]);
  expect(shell.window().contents.sent).toEqual([["oriel:command", { kind: "open", session: "ses_7" }]]);
});

test("a second start that says nothing of sense brings the window up", async () => {
  await using shell = await openShell();
  listen();
  for (const handed of [undefined, null, {}, { session: 7 }, "ses_1"]) secondStart(handed);
  expect(shell.window().contents.sent).toEqual([]);
  expect(shell.window().calls.slice(1)).toEqual(Array.from({ length: 5 }, () => ["show", "focus"]).flat());
});

test("what the page is to do waits until it listens, also after it was loaded again", async () => {
  await using shell = await openShell({ session: "ses_1" });
  const { contents } = shell.window();
  secondStart({ session: "ses_2" });
  expect(contents.sent).toEqual([]);
  listen();
  const open = (session: string) => ["oriel:command", { kind: "open", session }];
  expect(contents.sent).toEqual([open("ses_1"), open("ses_2")]);
  contents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: true });
  contents.emit("did-start-navigation", { isMainFrame: false, isSameDocument: false });
  secondStart({ session: "ses_4" });
  expect(contents.sent.at(-1)).toEqual(open("ses_4"));
  contents.emit("did-start-navigation", { isMainFrame: true, isSameDocument: false });
  secondStart({ session: "ses_3" });
  expect(contents.sent).toHaveLength(3);
  listen();
  expect(contents.sent.at(-1)).toEqual(open("ses_3"));
});

test("the menu runs the page's commands", async () => {
  await using shell = await openShell();
  listen();
  item(fake.menu?.template ?? [], "New Sessions…").click?.({ checked: false });
  expect(shell.window().contents.sent).toEqual([["oriel:command", { kind: "command", id: "new-session" }]]);
});

test("a host that dies is followed by another, and the page stays where it is", async () => {
  await using shell = await openShell({ key: "sk-kept" });
  const again = shell.reopened();
  shell.host.die();
  await again;
  await vi.waitUntil(
    () => shell.host.calls.filter(({ verb }) => verb === "fleet.view").length === 2,
    PATIENT,
  );
  expect(shell.window().calls).toEqual([`load ${PAGE}`]);
  // The new one has no key in its memory.
  expect(shell.host.calls.filter(({ verb }) => verb === "host.credentials")).toEqual(
    [1, 2].map(() => ({ verb: "host.credentials", input: { apiKey: "sk-kept" } })),
  );
  // It tells the same again, and what was told before is no news.
  expect(fake.notifications).toEqual([]);
});

test("a page that could not be loaded is loaded when there is a host again", async () => {
  fake.unreachable = true;
  await using shell = await openShell();
  fake.unreachable = false;
  const again = shell.reopened();
  shell.host.die();
  await again;
  await vi.waitUntil(
    () => shell.host.calls.filter(({ verb }) => verb === "fleet.view").length === 2,
    PATIENT,
  );
  expect(shell.window().calls).toEqual([`load ${PAGE}`, "show", `load ${PAGE}`]);
  expect(fake.done).toEqual(["open"]);
});

test("quitting closes the window by Electron's own order, and remembers its place", async () => {
  await using shell = await openShell({ settings: { keepRunning: false } });
  shell.window().bounds = { x: 1, y: 2, width: 800, height: 500 };
  expect(await quit()).toBe(0);
  expect(fake.done).toEqual(["quit"]);
  expect(await readFile(path.join(shell.dir.path, "window.json"), "utf8")).toContain('"width":800');
});

test("who quits does not wait for a host that is still starting", async () => {
  await using dir = await tempDir();
  const never = Promise.withResolvers<Connection>();
  runShell({
    open: () => never.promise,
    stateDir: dir.path,
    session: undefined,
    onOpen: () => undefined,
  });
  expect(await quit()).toBe(0);
  expect(fake.windows).toEqual([]);
});

test("the window's place is remembered, and the tray brings it back", async () => {
  await using shell = await openShell();
  shell.window().bounds = { x: 30, y: 40, width: 900, height: 600 };
  shell.window().close();
  expect(fake.done).toEqual([]);
  expect(JSON.parse(await readFile(path.join(shell.dir.path, "window.json"), "utf8"))).toEqual({
    bounds: { x: 30, y: 40, width: 900, height: 600 },
    maximized: false,
  });
  trayItem("Open Oriel").click?.({ checked: false });
  expect(fake.windows.map(({ destroyed }) => destroyed)).toEqual([true, false]);
  expect(shell.window().options).toMatchObject({ x: 30, y: 40, width: 900, height: 600 });
});

test("where agents do not go on without a window, the last one ends the app", async () => {
  await using shell = await openShell({ settings: { keepRunning: false } });
  const { promise, resolve } = Promise.withResolvers<number>();
  fake.exited = resolve;
  shell.window().close();
  expect(await promise).toBe(0);
});

test("the tray changes the setting, and ends all that runs, the host too, which is not started again", async () => {
  await using shell = await openShell();
  expect(trayItem("Agents go on when the window is closed").checked).toBe(true);
  // Shells may run where no turn does.
  expect(trayItem("Quit and stop everything").enabled).not.toBe(false);
  trayItem("Agents go on when the window is closed").click?.({ checked: false });
  await askingSession(shell.host);
  const { promise, resolve } = Promise.withResolvers<number>();
  fake.exited = resolve;
  trayItem("Quit and stop everything (1 turn, and all shells)").click?.({ checked: false });
  await promise;
  const changes = shell.host.calls.filter(({ verb }) => verb === "settings.set" || verb === "host.stopAll");
  expect(changes).toEqual([
    { verb: "settings.set", input: { keepRunning: false } },
    { verb: "host.stopAll", input: { quit: true } },
  ]);
  expect(shell.host.calls.filter(({ verb }) => verb === "host.openWeb")).toHaveLength(1);
});

test("a page that crashes is loaded again, and not for ever", async () => {
  await using shell = await openShell();
  for (let crash = 0; crash < 5; crash += 1) {
    shell.window().contents.emit("render-process-gone", fakeEvent(), { reason: "crashed" });
  }
  shell.window().contents.emit("render-process-gone", fakeEvent(), { reason: "clean-exit" });
  expect(shell.window().contents.reloads).toBe(3);
});

test("a host that can't start says so in its own words", async () => {
  await using dir = await tempDir();
  const { promise, resolve } = Promise.withResolvers<number>();
  fake.exited = resolve;
  const open = async (): Promise<Connection> => {
    throw new FailureError({
      code: "log_newer",
      message: "The log is of a newer Oriel.",
      kept: "Nothing was changed.",
      hint: "Update Oriel.",
    });
  };
  runShell({ open, stateDir: dir.path, session: undefined, onOpen: () => undefined });
  expect(await promise).toBe(1);
  await quit();
  expect(fake.errors).toEqual([
    "Oriel could not start: The log is of a newer Oriel.\nNothing was changed.\nUpdate Oriel.",
  ]);
});

test("an address that is not this machine's is not opened", async () => {
  await using dir = await tempDir();
  const host = fakeHost({ url: "http://example.org/#token=x" });
  const { promise, resolve } = Promise.withResolvers<number>();
  fake.exited = resolve;
  runShell({
    open: async () => host.connection(),
    stateDir: dir.path,
    session: undefined,
    onOpen: () => undefined,
  });
  expect(await promise).toBe(1);
  expect(fake.windows).toEqual([]);
  await quit();
});
