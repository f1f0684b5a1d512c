import { execFile } from "node:child_process";
import { access, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { prepareDaemonFiles } from "./files.ts";

const run = promisify(execFile);
const NODE_MODULES = path.resolve(import.meta.dirname, "../../node_modules");

/** An installed app: `dist/` with a small daemon that opens a pty, and node-pty beside it. */
async function installed(root: string): Promise<string> {
  const dist = path.join(root, "app", "dist");
  await mkdir(path.join(dist, "chunks"), { recursive: true });
  await mkdir(path.join(root, "app", "node_modules"));
  await symlink(path.join(NODE_MODULES, "node-pty"), path.join(root, "app", "node_modules", "node-pty"));
  await writeFile(path.join(root, "app", "package.json"), '{ "type": "module" }');
  await writeFile(path.join(dist, "chunks", "say.js"), "export const word = 'from the copy';\n");
  await writeFile(path.join(dist, "host.js"), "// The host is no part of the daemon.\n");
  const entry = path.join(dist, "daemon.js");
  await writeFile(
    entry,
    `import { spawn } from "node-pty";
import { word } from "./chunks/say.js";
spawn("echo", [word], {}).onData((data) => process.stdout.write(data));\n`,
  );
  return entry;
}

test("the copy runs when the app it came from has been pulled away", async () => {
  await using dir = await tempDir();
  const source = await installed(dir.path);
  const stateDir = path.join(dir.path, "state");
  const entry = prepareDaemonFiles({ source, stateDir, version: "1.2.3" });
  expect(path.relative(stateDir, entry)).toMatch(/^daemon\/1\.2\.3-[0-9a-f]{12}\/daemon\.js$/);
  await rm(path.join(dir.path, "app"), { recursive: true });
  expect((await run(process.execPath, [entry])).stdout).toBe("from the copy\r\n");
  expect((await readdir(path.dirname(entry))).toSorted()).toEqual([
    "chunks",
    "daemon.js",
    "node_modules",
    "package.json",
  ]);
  const binaries = path.join(path.dirname(entry), "node_modules/node-pty/prebuilds");
  expect(await readdir(binaries)).toEqual([`${process.platform}-${process.arch}`]);
});

test("is made once for the same files, and apart for others of the same version", async () => {
  await using dir = await tempDir();
  const source = await installed(dir.path);
  const options = { source, stateDir: path.join(dir.path, "state"), version: "1.2.3" };
  const first = prepareDaemonFiles(options);
  expect(prepareDaemonFiles(options)).toBe(first);
  await writeFile(path.join(path.dirname(source), "chunks", "say.js"), "export const word = 'other';\n");
  const second = prepareDaemonFiles(options);
  expect(second).not.toBe(first);
  await access(first);
  expect((await readdir(path.join(options.stateDir, "daemon"))).length).toBe(2);
});

test("sources run in place", async () => {
  await using dir = await tempDir();
  const options = { source: "/src/app/daemon/main.ts", stateDir: path.join(dir.path, "state"), version: "1" };
  expect(prepareDaemonFiles(options)).toBe("/src/app/daemon/main.ts");
  expect(await readdir(dir.path)).toEqual([]);
});

test("that can't be made whole leaves nothing behind", async () => {
  await using dir = await tempDir();
  const source = await installed(dir.path);
  await rm(path.join(dir.path, "app", "node_modules"), { recursive: true });
  const stateDir = path.join(dir.path, "state");
  expect(() => prepareDaemonFiles({ source, stateDir, version: "1.2.3" })).toThrow("node-pty");
  expect(await readdir(path.join(stateDir, "daemon"))).toEqual([]);
});
