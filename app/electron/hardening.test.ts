/** Electron's security checklist, point by point, as far as the fake can show it. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { externalUrl, guardPages } from "./guard.ts";
import { createKeychain } from "./keychain.ts";
import { servePort } from "./port.ts";
import { fake, FakeContents, fakeElectron, fakeEvent, resetFake } from "./testing/fake-electron.ts";
import { openWindow } from "./window.ts";

vi.mock("electron", async () => (await import("./testing/fake-electron.ts")).fakeElectron());

const PAGE = "http://127.0.0.1:4600";
const ADDRESS = { page: PAGE, origin: "ws://127.0.0.1:4600", token: "secret" };

beforeEach(() => {
  resetFake();
  guardPages(() => PAGE);
});

/** A page's contents, guarded as all are when they are made. */
function contents(url = PAGE): FakeContents {
  const made = new FakeContents(url);
  fake.app.emit("web-contents-created", fakeEvent(), made);
  return made;
}

const decided = (ask: (answer: (value: unknown) => void) => void): unknown => {
  let given: unknown;
  ask((value) => (given = value));
  return given;
};

test("the page is isolated, sandboxed and without Node", async () => {
  await using dir = await tempDir();
  openWindow(PAGE, path.join(dir.path, "window.json"));
  const { preload, ...rest } = fake.windows[0]!.options.webPreferences;
  expect(rest).toEqual({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
  expect(await readFile(String(preload), "utf8")).toContain("exposeInMainWorld");
});

test.each(["will-navigate", "will-frame-navigate", "will-redirect"])(
  "%s leaves the host's page never",
  (name) => {
    const page = contents();
    const blocked = [
      `${PAGE}/#token=x`,
      "https://example.org/",
      "http://127.0.0.1:4601/",
      "file:///etc/passwd",
      "javascript:1",
      "",
    ].map((url) => {
      const event = fakeEvent(url);
      page.emit(name, event);
      return event.prevented;
    });
    expect(blocked).toEqual([false, true, true, true, true, true]);
  },
);

test("a webview is not attached", () => {
  const event = fakeEvent();
  contents().emit("will-attach-webview", event);
  expect(event.prevented).toBe(true);
});

test("no page opens a window; links go to the system's browser after a look at them", () => {
  const page = contents();
  const urls = [
    "https://example.org/a?b#c",
    "http://example.org/",
    "file:///etc/passwd",
    "ssh://host",
    "javascript:alert(1)",
    "smb://x/y",
    "not a url",
  ];
  expect(urls.map((url) => page.openHandler?.({ url }))).toEqual(urls.map(() => ({ action: "deny" })));
  expect(fake.opened).toEqual(["https://example.org/a?b#c", "http://example.org/"]);
  expect(externalUrl("https://google.com@evil.example/")).toBeNull();
});

test("a link on a system without a browser does no harm", () => {
  fake.noBrowser = true;
  expect(contents().openHandler?.({ url: "https://example.org/" })).toEqual({ action: "deny" });
});

test("nothing is downloaded", () => {
  const event = fakeEvent();
  fakeElectron().session.defaultSession.emit("will-download", event);
  expect(event.prevented).toBe(true);
});

test("every permission is denied, but to copy for the host's own page", () => {
  const request = (requestingUrl: string, permission: string, isMainFrame = true) =>
    decided((answer) =>
      fake.permissionRequest?.(contents(), permission, answer, { requestingUrl, isMainFrame }),
    );
  const names = [
    "clipboard-sanitized-write",
    "clipboard-read",
    "media",
    "geolocation",
    "notifications",
    "openExternal",
    "fullscreen",
    "usb",
    "unknown",
  ];
  expect(names.filter((name) => request(`${PAGE}/`, name))).toEqual(["clipboard-sanitized-write"]);
  expect(request("https://example.org/", "clipboard-sanitized-write")).toBe(false);
  expect(request(`${PAGE}/`, "clipboard-sanitized-write", false)).toBe(false);
  expect(names.filter((name) => fake.permissionCheck?.(null, name, `${PAGE}/`))).toEqual([
    "clipboard-sanitized-write",
  ]);
  expect(fake.permissionCheck?.(null, "clipboard-sanitized-write", "https://example.org/")).toBe(false);
  expect(fake.devicePermission?.({})).toBe(false);
});

test("nothing is loaded from elsewhere", () => {
  const cancelled = (url: string) => decided((answer) => fake.beforeRequest?.({ url }, answer));
  const own = [
    `${PAGE}/`,
    `${PAGE}/assets/a.js`,
    "ws://127.0.0.1:4600/rpc",
    "blob:http://127.0.0.1:4600/1",
    "data:image/png;base64,x",
  ];
  const foreign = [
    "https://example.org/x.js",
    "http://127.0.0.1:4601/",
    "ws://127.0.0.1:1/rpc",
    "wss://127.0.0.1:4600/rpc",
    "file:///etc/passwd",
    "http://localhost:4600/",
    "http://[::1]:4600/",
  ];
  expect(own.map(cancelled)).toEqual(own.map(() => ({ cancel: false })));
  expect(foreign.map(cancelled)).toEqual(foreign.map(() => ({ cancel: true })));
});

test("a page without a content security policy is not shown", () => {
  const cancelled = (resourceType: string, responseHeaders: object) =>
    decided((answer) => fake.headersReceived?.({ resourceType, responseHeaders }, answer));
  expect(cancelled("mainFrame", { "Content-Security-Policy": ["default-src 'self'"] })).toEqual({
    cancel: false,
  });
  expect(cancelled("mainFrame", { "content-type": ["text/html"] })).toEqual({ cancel: true });
  expect(cancelled("script", {})).toEqual({ cancel: false });
});

test("only the page's own main frame gets an answer from the port", async () => {
  await using dir = await tempDir();
  servePort(() => ADDRESS, createKeychain(path.join(dir.path, "key"), "darwin"));
  const page = contents();
  const elsewhere = contents("https://example.org/");
  const unloaded = contents("");
  const frames = {
    page: { sender: page, senderFrame: page.mainFrame },
    inner: { sender: page, senderFrame: { origin: PAGE } },
    gone: { sender: page, senderFrame: null },
    elsewhere: { sender: elsewhere, senderFrame: elsewhere.mainFrame },
    unloaded: { sender: unloaded, senderFrame: unloaded.mainFrame },
  };
  const { ipcMain } = fakeElectron();
  const address = (frame: object): unknown => {
    const event = { ...frame, returnValue: undefined };
    ipcMain.emit("oriel:address", event);
    return event.returnValue;
  };
  expect(Object.values(frames).map(address)).toEqual([
    { origin: ADDRESS.origin, token: "secret" },
    null,
    null,
    null,
    null,
  ]);
  expect([...fake.handlers.keys()].toSorted()).toEqual(["oriel:key-clear", "oriel:key-has", "oriel:key-set"]);
  for (const handler of fake.handlers.values()) {
    expect(() => handler(frames.inner, "x")).toThrow("may not ask");
    expect(() => handler(frames.elsewhere, "x")).toThrow("may not ask");
  }
  const call = (channel: string, argument?: unknown) => fake.handlers.get(channel)?.(frames.page, argument);
  expect(["", 7, null, {}, "with space", "x".repeat(1001)].map((key) => call("oriel:key-set", key))).toEqual(
    Array(6).fill("That is no key."),
  );
  expect([
    call("oriel:key-has"),
    await call("oriel:key-set", "sk-1"),
    call("oriel:key-has"),
    call("oriel:key-clear"),
    call("oriel:key-has"),
  ]).toEqual([false, null, true, undefined, false]);
});

const ROOT = path.join(import.meta.dirname, "../..");

test("the Electron that is packed is the one that is tested against", async () => {
  const config = await readFile(path.join(ROOT, "electron-builder.yml"), "utf8");
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(ROOT, "node_modules/electron/package.json"), "utf8")));
  expect(/^electronVersion: (.+)$/m.exec(config)?.[1]).toBe(version);
});

test("the packed app's fuses are shut", async () => {
  const config = await readFile(path.join(ROOT, "electron-builder.yml"), "utf8");
  const [, block = ""] = /^electronFuses:\n((?: {2}.*\n)+)/m.exec(config) ?? [];
  const fuses = Object.fromEntries(
    [...block.matchAll(/^ {2}(\w+): (true|false)$/gm)].map(([, name, value]) => [name, value === "true"]),
  );
  expect(fuses).toEqual({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
    resetAdHocDarwinSignature: true,
  });
});
