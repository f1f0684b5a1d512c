import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";

const { argv } = process;

beforeEach(() => vi.resetModules());
afterEach(() => {
  process.argv = argv;
  vi.unstubAllEnvs();
});

/** Starts the app as `electron dist/electron.js --data-dir DIR`. Resolves once its first steps are done. */
async function start(dataDir: string, { lock = true, more = [] as readonly string[] } = {}) {
  // The module is made anew for each start, and so is what it runs on.
  const { fake, fakeElectron } = await import("./testing/fake-electron.ts");
  vi.doMock("electron", fakeElectron);
  const left = Promise.withResolvers<number>();
  Object.assign(fake, { lock, ready: false, exited: left.resolve });
  process.argv = ["electron", "electron.js", "--data-dir", dataDir, ...more];
  await import("./main.ts");
  return { fake, left: left.promise };
}

test("a second start leaves at once, and its lock goes by the data directory", async () => {
  await using dir = await tempDir();
  const { fake } = await start(dir.path, { lock: false, more: ["--session", "ses_7"] });
  expect(fake.done).toEqual(["quit"]);
  expect(fake.handed).toEqual({ session: "ses_7" });
  expect([...fake.paths]).toEqual([["userData", path.join(dir.path, "state", "window")]]);
});

test("without a Node for the host it says how to start", async () => {
  await using dir = await tempDir();
  vi.stubEnv("ORIEL_NODE", "");
  const { fake, left } = await start(dir.path);
  expect(await left).toBe(1);
  expect(fake.errors).toEqual([expect.stringContaining("npm start")]);
});

test("every page is sandboxed from before the first one; a host that can't be started says so", async () => {
  await using dir = await tempDir();
  vi.stubEnv("ORIEL_NODE", path.join(dir.path, "no-node"));
  const { fake, left } = await start(dir.path);
  expect(await left).toBe(1);
  expect(fake.done).toEqual(["enableSandbox"]);
  expect(fake.errors).toEqual([expect.stringContaining("ended before it was ready")]);
});

test("a data directory that can't be used says so", async () => {
  const { fake, left } = await start("/dev/null/oriel");
  expect(await left).toBe(1);
  expect(fake.errors).toEqual([expect.stringContaining("can't be used")]);
});
