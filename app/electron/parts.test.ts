/** The small pieces: addresses, options, the runtime, the keychain, the menu, the icon. */
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Menu } from "electron";
import type * as Electron from "electron";
import { beforeEach, expect, expectTypeOf, test, vi } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { menuCommand } from "#shared/session/window-commands.ts";
import { readAddress } from "./address.ts";
import { iconPixels } from "./icon.ts";
import { createKeychain } from "./keychain.ts";
import { menuTemplate } from "./menu.ts";
import { readOptions } from "./options.ts";
import { hostRuntime } from "./runtime.ts";
import { fake, resetFake } from "./testing/fake-electron.ts";
import type { fakeElectron, FakeItem } from "./testing/fake-electron.ts";

vi.mock("electron", async () => (await import("./testing/fake-electron.ts")).fakeElectron());

beforeEach(resetFake);

/** What the fake has and Electron has not, by Electron's own types. */
type Invented = {
  [Name in keyof Fake]: Name extends keyof Real ? Exclude<keyof Fake[Name], keyof Real[Name]> : Name;
}[keyof Fake];
type Fake = ReturnType<typeof fakeElectron>;
type Real = typeof Electron;

test("the fake invents nothing", () => {
  expectTypeOf<Invented>().toEqualTypeOf<never>();
});

test.each([
  [
    "http://127.0.0.1:4600/#token=a-b_c",
    { page: "http://127.0.0.1:4600", origin: "ws://127.0.0.1:4600", token: "a-b_c" },
  ],
  ["http://127.0.0.1:4600/", null],
  ["http://127.0.0.1:4600/#token=", null],
  ["http://localhost:4600/#token=x", null],
  ["http://127.0.0.1.example.org/#token=x", null],
  ["https://127.0.0.1:4600/#token=x", null],
  ["file:///tmp/x.html#token=x", null],
  ["", null],
])("the address %j", (url, expected) => {
  const address = readAddress(url);
  expect(address.ok ? address.value : null).toEqual(expected);
});

test("options are found among Chromium's own", () => {
  expect(
    readOptions(["/dist/electron.js", "--no-sandbox", "--data-dir", "/d", "--session=ses_1", "--inspect=0"]),
  ).toEqual({ dataDir: "/d", session: "ses_1" });
  expect(readOptions(["--data-dir"])).toEqual({ dataDir: undefined, session: undefined });
});

test("a packed app runs its own Node, whatever the environment says", () => {
  const evil = { ORIEL_NODE: "/tmp/evil" };
  const packed = { resources: "/app" };
  expect(hostRuntime(packed, evil, "linux")).toEqual({
    ok: true,
    value: { node: "/app/host/bin/node", entry: "/app/host/dist/host.js" },
  });
  expect(hostRuntime(null, evil)).toMatchObject({ ok: true, value: { node: "/tmp/evil" } });
  expect([hostRuntime(null, {}), hostRuntime(null, { ORIEL_NODE: "node" })].map(({ ok }) => ok)).toEqual([
    false,
    false,
  ]);
});

test.each([
  ["linux", "gnome_libsecret"],
  ["darwin", "keychain"],
] as const)("the key is kept encrypted on %s, for its owner alone", async (platform, backend) => {
  await using dir = await tempDir();
  fake.backend = backend;
  const file = path.join(dir.path, "key");
  const keychain = createKeychain(file, platform);
  expect([
    keychain.has(),
    await keychain.read(),
    await keychain.set("sk-secret"),
    keychain.has(),
    await keychain.read(),
  ]).toEqual([false, null, null, true, "sk-secret"]);
  expect((await readFile(file)).includes("sk-secret")).toBe(false);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  keychain.clear();
  keychain.clear();
  expect(keychain.has()).toBe(false);
});

test.each([
  ["basic_text", "linux"],
  [null, "linux"],
  [null, "darwin"],
] as const)("without a keychain (%j on %s) no key is written", async (backend, platform) => {
  await using dir = await tempDir();
  fake.backend = backend;
  const keychain = createKeychain(path.join(dir.path, "key"), platform);
  expect(await keychain.set("sk-secret")).toMatch("no keychain");
  expect(await readdir(dir.path)).toEqual([]);
});

test("a key that can't be read is as good as none", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "key");
  await writeFile(file, Buffer.from([1, 2, 3]));
  expect(await createKeychain(file, "darwin").read()).toBeNull();
  expect(await readFile(file)).toEqual(Buffer.from([1, 2, 3]));
});

test("a key is encrypted again when the keychain has a newer one of its own", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "key");
  const keychain = createKeychain(file, "linux");
  await keychain.set("sk-secret");
  const { ino } = await stat(file);
  fake.rotated = true;
  expect(await keychain.read()).toBe("sk-secret");
  expect((await stat(file)).ino).not.toBe(ino);
});

test.each(["linux", "darwin", "win32"] as const)("the menu on %s has every command once", (platform) => {
  const sent: string[] = [];
  const click = ({ submenu = [], click: act }: FakeItem): void => {
    act?.({ checked: false });
    submenu.forEach(click);
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(platform, (id) => sent.push(id))));
  fake.menu?.template.forEach(click);
  expect(sent.toSorted()).toEqual(menuCommand.options.toSorted());
});

test("the icon is drawn, and its mark is seen", () => {
  const filled = (mark: boolean): number =>
    iconPixels(44, mark).filter((byte, index) => index % 4 === 3 && byte === 255).length;
  expect([filled(false) > 600, filled(true) > filled(false)]).toEqual([true, true]);
});
