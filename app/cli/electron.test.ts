import { chmod, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { electronAvailable, openElectron, WINDOW_OPEN } from "./electron.ts";

const person = { platform: "linux", uid: 1000 } as const;

/** What `install.js` does, as far as it matters here. */
const INSTALL = `
const fs = require("node:fs");
fs.appendFileSync(__dirname + "/runs", "x");
fs.mkdirSync(__dirname + "/dist");
fs.writeFileSync(__dirname + "/dist/version", "45.4.1");
fs.writeFileSync(__dirname + "/dist/electron", "");
`;

/** A package without its binary, and a server that has it or not. */
async function packageAndMirror({ status = 200 } = {}) {
  const dir = await tempDir();
  const place = { folder: path.join(dir.path, "electron"), stamp: path.join(dir.path, "state", "tried") };
  await mkdir(place.folder);
  await writeFile(
    path.join(place.folder, "package.json"),
    JSON.stringify({ name: "electron", version: "45.4.1" }),
  );
  await writeFile(path.join(place.folder, "install.js"), INSTALL);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    place,
    asked,
    env: { DISPLAY: ":0", PATH: process.env["PATH"], ELECTRON_MIRROR: `http://127.0.0.1:${port}/electron` },
    binary: path.join(place.folder, "dist", "electron"),
    runs: () => readFile(path.join(place.folder, "runs"), "utf8").catch(() => ""),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await dir[Symbol.asyncDispose]();
    },
  };
}

test("the binary is fetched once, and found from then on", async () => {
  await using it = await packageAndMirror();
  const said: string[] = [];
  const find = () => electronAvailable(it.env, (line) => said.push(line), it.place, person);
  expect([await find(), await find()]).toEqual([it.binary, it.binary]);
  expect([it.asked, await it.runs(), said.length]).toEqual([
    ["HEAD /electron/v45.4.1/SHASUMS256.txt"],
    "x",
    1,
  ]);
});

test("a server out of reach is asked once a day", async () => {
  await using it = await packageAndMirror({ status: 404 });
  const find = () => electronAvailable(it.env, undefined, it.place, person);
  expect([await find(), await find(), it.asked.length]).toEqual([null, null, 1]);
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(it.place.stamp, yesterday, yesterday);
  expect([await find(), it.asked.length, await it.runs()]).toEqual([null, 2, ""]);
});

test("an older binary is no binary", async () => {
  await using it = await packageAndMirror({ status: 404 });
  await mkdir(path.dirname(it.binary));
  await writeFile(it.binary, "");
  await writeFile(path.join(path.dirname(it.binary), "version"), "v44.0.0");
  expect(await electronAvailable(it.env, undefined, it.place, person)).toBeNull();
  await writeFile(path.join(path.dirname(it.binary), "version"), "v45.4.1\n");
  expect(await electronAvailable(it.env, undefined, it.place, person)).toBe(it.binary);
});

test("nothing is asked for where no window could be shown", async () => {
  await using it = await packageAndMirror();
  const { DISPLAY: _display, ...blind } = it.env;
  const found = [
    await electronAvailable(blind, undefined, it.place, person),
    await electronAvailable(it.env, undefined, it.place, { platform: "linux", uid: 0 }),
    await electronAvailable(it.env, undefined, { ...it.place, folder: `${it.place.folder}-gone` }, person),
    await electronAvailable({ ...it.env, ELECTRON_MIRROR: "no address" }, undefined, it.place, person),
  ];
  expect([found, it.asked]).toEqual([[null, null, null, null], []]);
});

test.each([
  [
    "prints that it is open",
    `echo "$ORIEL_NODE $ELECTRON_RUN_AS_NODE$ORIEL_TERMINAL $ORIEL_KEEPS $3" > "$3/said"; echo "${WINDOW_OPEN}"`,
    true,
  ],
  ["ends at once", "exit 127", false],
])("a window that %s", async (_what, script, open) => {
  await using dir = await tempDir();
  const binary = path.join(dir.path, "electron");
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1", ORIEL_TERMINAL: "trm_1" };
  expect(await openElectron(binary, { dataDir: dir.path }, env)).toBe(open);
  if (open) {
    expect(await readFile(path.join(dir.path, "said"), "utf8")).toBe(`${process.execPath}  1 ${dir.path}\n`);
  }
});

test("a binary that can't be started is no window", async () => {
  await using dir = await tempDir();
  expect(await openElectron(path.join(dir.path, "gone"), { dataDir: dir.path }, {})).toBe(false);
});
