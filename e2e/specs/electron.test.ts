/** The window itself, wherever Electron's binary is: not part of a package, and not fetched by a test. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { _electron } from "playwright-core";
import { expect, test } from "vitest";
import { electronAvailable } from "#app/cli/electron.ts";
import { connect } from "#app/cli/connect.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const ENTRY = path.join(ROOT, "dist", "electron.js");

await using scratch = await tempDir();
// Tried just now, as far as it knows: a test fetches nothing.
const stamp = path.join(scratch.path, "tried");
await writeFile(stamp, "");
const place = { folder: path.join(ROOT, "node_modules", "electron"), stamp };
const binary = await electronAvailable(process.env, undefined, place);
const why =
  binary === null
    ? "its binary is not here, or there is no display, or this is root"
    : existsSync(ENTRY)
      ? null
      : "it is not built";
if (why !== null) process.stderr.write(`\nSKIPPED: Electron's window was not tried, since ${why}.\n\n`);

test.skipIf(why !== null)("the window opens on the host's page, with the port and nothing more", async () => {
  await using dir = await tempDir();
  const app = await _electron.launch({
    executablePath: binary ?? "",
    args: [ENTRY, "--data-dir", dir.path],
    env: { ...process.env, ORIEL_NODE: process.execPath },
  });
  const page = await app.firstWindow();
  await page.locator("#root > *").first().waitFor();
  const port = await page.evaluate(() => Object.keys(Object(Reflect.get(window, "oriel"))));
  const address = await page.evaluate("window.oriel.address()");
  expect(address).toEqual({
    origin: new URL(page.url()).origin.replace("http:", "ws:"),
    token: expect.stringMatching(/./),
  });
  const node = await page.evaluate(() => [
    typeof Reflect.get(window, "process"),
    typeof Reflect.get(window, "require"),
  ]);
  expect([port, node]).toEqual([
    ["address", "key", "pathOf", "onCommand"],
    ["undefined", "undefined"],
  ]);
  using connection = await connect(dir.path);
  const host = await connection?.client.host.info();
  await app.close();
  if (host) process.kill(host.pid);
  await connection?.closed;
});
