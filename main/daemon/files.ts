/** The daemon's own copy of its files, so that an update of the app can't pull them away from under it. */
import { createHash, randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { daemonFolder, makePrivateFolder } from "./endpoint.ts";

/** How a built file names another: `from "./chunk.js"`, `new URL("./worker.js", …)`. */
const REFERENCE = /["'`](\.\.?\/[\w./-]+\.js)["'`]/g;

/**
 * Copies the built daemon and node-pty to `state/daemon/<version>-<hash>/` and returns the path of the entry file
 * there. `source` is the built entry (`…/dist/daemon.js`; the files beside it that it refers to go along) or, in
 * development, a `.ts` file, which runs in place. The hash is of the content: two builds of one version do not share a
 * folder. Copies of other versions stay: a daemon may
 * still run from them (see `pruneDaemonFiles`).
 */
export function prepareDaemonFiles(options: { source: string; stateDir: string; version: string }): string {
  const { source, stateDir, version } = options;
  if (source.endsWith(".ts")) return source;
  const built = path.dirname(source);
  const files = filesOf(source);
  const target = path.join(daemonFolder(stateDir), `${version}-${contentHash(built, files)}`);
  const entry = path.join(target, path.basename(source));
  if (existsSync(target)) return entry;

  makePrivateFolder(daemonFolder(stateDir));
  // Under another name until it is whole: a crash leaves no half copy that looks like one.
  const fresh = `${target}.${randomBytes(6).toString("hex")}`;
  try {
    for (const file of files) cpSync(file, path.join(fresh, path.relative(built, file)));
    writeFileSync(path.join(fresh, "package.json"), '{ "type": "module" }\n');
    copyNodePty(source, path.join(fresh, "node_modules", "node-pty"));
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another host was faster: its copy is the same.
    if (!existsSync(target)) throw error;
  }
  return entry;
}

/** A copy, and one that a crash left half done. */
const COPY = /^(.+)-[0-9a-f]{12}(\.[0-9a-f]{12})?$/;
const HALF_DONE_MS = 60 * 60 * 1000;

/** Removes the copies of versions that nothing runs from: all but those `inUse`, and the one of `entry`. */
export function pruneDaemonFiles(options: {
  stateDir: string;
  entry: string;
  inUse: readonly string[];
}): void {
  const home = daemonFolder(options.stateDir);
  for (const folder of readdirSync(home, { withFileTypes: true })) {
    const [, version, isHalf] = COPY.exec(folder.name) ?? [];
    const place = path.join(home, folder.name);
    if (version === undefined || !folder.isDirectory() || options.entry.startsWith(place + path.sep))
      continue;
    // A young one: another host is at it.
    const isOld = Date.now() - statSync(place).mtimeMs > HALF_DONE_MS;
    if (isHalf ? isOld : !options.inUse.includes(version)) rmSync(place, { recursive: true, force: true });
  }
}

/** The entry and every file below its folder that it refers to, directly or not. */
function filesOf(entry: string): string[] {
  const files = new Set([entry]);
  for (const file of files) {
    for (const [, reference = ""] of readFileSync(file, "utf8").matchAll(REFERENCE)) {
      const referred = path.resolve(path.dirname(file), reference);
      if (referred.startsWith(path.dirname(entry) + path.sep) && existsSync(referred)) files.add(referred);
    }
  }
  return [...files];
}

/** The package as installed for `source`, with the binary of this platform alone. */
function copyNodePty(source: string, target: string): void {
  const installed = path.dirname(createRequire(path.resolve(source)).resolve("node-pty/package.json"));
  const binary = path.join("prebuilds", `${process.platform}-${process.arch}`);
  for (const part of ["package.json", "lib", binary, path.join("build", "Release")]) {
    const from = path.join(installed, part);
    if (existsSync(from)) cpSync(from, path.join(target, part), { recursive: true });
  }
}

function contentHash(folder: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files.toSorted()) {
    const bytes = readFileSync(file);
    hash.update(`${path.relative(folder, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, 12);
}
