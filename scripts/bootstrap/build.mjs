import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { duringSetUp } from "./lock.mjs";
import { inRoot } from "./place.mjs";
import { runQuietly } from "./process.mjs";
import { say, Stop } from "./say.mjs";

const SOURCES = ["app", "main", "renderer", "shared", "package-lock.json", "vite.config.ts"];
const DIST = inRoot("dist");
const STAMP = path.join(DIST, ".built-from");

/** Whether dist/ was built from the sources as they are. */
export const isBuilt = () => builtFrom() === digestOf(SOURCES.map((source) => inRoot(source)));

/** Builds dist/ where the sources are not those it was built from. @param {string} node */
export async function ensureBuild(node) {
  if (isBuilt()) return;
  await duringSetUp(async () => {
    // Taken before the build, so that a source changed meanwhile makes the result stale.
    const digest = digestOf(SOURCES.map((source) => inRoot(source)));
    if (builtFrom() !== digest) await build(node, digest);
  });
}

/** Built beside and renamed, so that no command ever sees half a build. @param {string} node @param {string} digest */
async function build(node, digest) {
  say("building");
  const next = inRoot("dist.next");
  const outcomes = [];
  // The page goes into a folder of the other's output, which is emptied first.
  outcomes.push(await vite(node, ["--outDir", next]));
  outcomes.push(
    await vite(node, ["--config", "renderer/vite.config.ts", "--outDir", path.join(next, "renderer")]),
  );
  if (outcomes.some((code) => code !== 0))
    throw new Stop("the build failed (its own words are above). What was built before stays as it was.");
  writeFileSync(path.join(next, path.basename(STAMP)), digest);
  const old = inRoot("dist.old");
  rmSync(old, { recursive: true, force: true });
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(next, DIST);
  rmSync(old, { recursive: true, force: true });
}

/** @param {string} node @param {readonly string[]} args @returns {Promise<number | null>} the exit code */
async function vite(node, args) {
  const all = ["node_modules/vite/bin/vite.js", "build", ...args, "--emptyOutDir", "--logLevel", "warn"];
  const { code, output } = await runQuietly(node, all, {
    cwd: inRoot(),
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (output.trim()) say(output.trim());
  return code;
}

function builtFrom() {
  try {
    return readFileSync(STAMP, "utf8");
  } catch {
    return null;
  }
}

/**
 * Paths, sizes and times of what a build reads: quick enough to ask at every command. Tests are left out, but for
 * those of the demo's sample project, which is copied whole.
 * @param {readonly string[]} sources absolute paths of files and folders; those that do not exist are skipped
 */
export function digestOf(sources) {
  const hash = createHash("sha256");
  for (const source of sources) {
    const stat = statSync(source, { throwIfNoEntry: false });
    if (stat?.isDirectory()) addFolder(hash, source);
    else if (stat) addFile(hash, source);
  }
  return hash.digest("hex");
}

/** @param {import("node:crypto").Hash} hash @param {string} folder */
function addFolder(hash, folder) {
  const isSample = folder.includes(`${path.sep}sample`);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) addFolder(hash, file);
    else if (isSample || !entry.name.endsWith(".test.ts")) addFile(hash, file);
  }
}

/** @param {import("node:crypto").Hash} hash @param {string} file */
function addFile(hash, file) {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat) hash.update(`${file}\0${stat.size}\0${stat.mtimeMs}\n`);
}
