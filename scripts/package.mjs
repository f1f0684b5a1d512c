/**
 * `npm run package`: the desktop app for this system, in build/packed. The host and the daemon do not run in Electron but
 * on a Node of their own: build/host is all of Oriel but the window, and runs by itself wherever it is moved to.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { findChromium } from "./bootstrap/chromium.mjs";
import { npm } from "./bootstrap/npm.mjs";
import { inRoot } from "./bootstrap/place.mjs";
import { runInForeground, runQuietly } from "./bootstrap/process.mjs";
import { say, Stop } from "./bootstrap/say.mjs";

/** Brought by npm when it is used: nothing else of Oriel needs it, and it brings 280 packages along. */
const BUILDER = "electron-builder@26.17.0";
const WINDOWS = process.platform === "win32";

/** @param {string} node the pinned one @param {readonly string[]} args for electron-builder, as `--dir` */
export async function packageApp(node, args) {
  const host = inRoot("build", "host");
  say("filling build/host");
  fillHost(host, node);
  await tryHost(host);
  await drawIcon(inRoot("build", "icon.png"));
  const { command, args: first, shell } = npm(node);
  const env = { ...process.env, PATH: [path.dirname(node), process.env["PATH"]].join(path.delimiter) };
  const builder = [...first, "exec", "--yes", "--", BUILDER, "--publish", "never", ...args];
  const code = await runInForeground(command, builder, { cwd: inRoot(), env, shell });
  if (code === 0) return 0;
  throw new Stop(
    "electron-builder could not pack the app (its own words are above). It fetches Electron and its tools from github.com: " +
      "HTTPS_PROXY, ELECTRON_MIRROR and ELECTRON_BUILDER_BINARIES_MIRROR name another way there. " +
      "All but the window is in build/host, and runs by build/host/bin/oriel.",
  );
}

/**
 * Fills `folder` with what runs without Electron: this system's Node, the built app, the two native packages with this
 * system's binaries alone, and the `oriel` command. What was there before goes.
 * @param {string} folder @param {string} node absolute path of the Node to ship @param {string} [built] what to ship
 */
export function fillHost(folder, node, built = inRoot("dist")) {
  rmSync(folder, { recursive: true, force: true });
  const bin = path.join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  copyFileSync(node, path.join(bin, WINDOWS ? "node.exe" : "node"));
  const licence = path.join(path.dirname(path.dirname(node)), "LICENSE");
  if (existsSync(licence)) copyFileSync(licence, path.join(bin, "LICENSE"));
  cpSync(built, path.join(folder, "dist"), {
    recursive: true,
    filter: (file) => !/(\.map|\.built-from)$/.test(file),
  });
  const system = `${process.platform}-${process.arch}`;
  copyPackage(folder, "better-sqlite3", `${system}.node`);
  copyPackage(folder, "node-pty", system);
  const command = path.join(bin, WINDOWS ? "oriel.cmd" : "oriel");
  writeFileSync(command, WINDOWS ? COMMAND_CMD : COMMAND_SH);
  chmodSync(command, 0o755);
}

/** @param {string} folder @param {string} name @param {string} binary within the package's `prebuilds` */
function copyPackage(folder, name, binary) {
  for (const part of ["package.json", "LICENSE", "lib", path.join("prebuilds", binary)]) {
    const from = inRoot("node_modules", name, part);
    const to = path.join(folder, "node_modules", name, part);
    if (!existsSync(from))
      throw new Stop(`${name} has no ${part} for this system, so it can't be packed here.`);
    cpSync(from, to, { recursive: true });
  }
}

/** Follows links, so that it can be linked to from any folder on PATH. */
const COMMAND_SH = `#!/bin/sh
self=$0
while [ -h "$self" ]; do
  to=$(readlink "$self")
  case $to in
    /*) self=$to ;;
    *) self=$(dirname "$self")/$to ;;
  esac
done
here=$(cd -P "$(dirname "$self")" && pwd)
exec "$here/node" "$here/../dist/cli.js" "$@"
`;
const COMMAND_CMD = `@"%~dp0node.exe" "%~dp0..\\dist\\cli.js" %*\r\n`;

/** A Node that leans on a library of this machine, or a binary of another system's, is found here and not by a person. @param {string} folder */
async function tryHost(folder) {
  const node = path.join(folder, "bin", WINDOWS ? "node.exe" : "node");
  const script = `const from = require("node:module").createRequire(process.argv[1]);
    new (from("better-sqlite3"))(":memory:").close();
    from("node-pty");`;
  const options = { cwd: tmpdir(), env: {} };
  const { code, output } = await runQuietly(node, ["-e", script, path.join(folder, "dist", "x.js")], options);
  if (code !== 0) throw new Stop(`What was put into build/host does not run:\n${output.trim()}`);
}

/** The page's icon, as large as any system wants it: electron-builder makes the others from it. @param {string} file */
async function drawIcon(file) {
  const executablePath = findChromium();
  if (executablePath === null) {
    throw new Stop(
      "The icon is drawn by Chromium, and there is none: install it, or say where it is in ORIEL_CHROMIUM.",
    );
  }
  const { chromium } = await import("playwright-core");
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 1024, height: 1024 } });
    const svg = await readFile(inRoot("renderer", "icon.svg"), "utf8");
    await page.setContent(`<style>* { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
    await page.screenshot({ path: file, omitBackground: true });
  } finally {
    await browser.close();
  }
}
