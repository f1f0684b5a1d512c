/** The daemon's own copy of its files, so that an update of the app can't pull them away from under it. */
import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { daemonFolder, makePrivateFolder } from "./endpoint.ts";

/**
 * Copies the built daemon and node-pty to `state/daemon/<version>-<hash>/` and returns the path of the entry file
 * there. `source` is the built entry (`…/dist/daemon.js`; all files of its folder are copied) or, in development, a
 * `.ts` file, which runs in place. The hash is of the content: two builds of one version do not share a folder.
 * Copies of other versions stay: a daemon may still run from them.
 */
export function prepareDaemonFiles(options: { source: string; stateDir: string; version: string }): string {
  const { source, stateDir, version } = options;
  if (source.endsWith(".ts")) return source;
  const built = path.dirname(source);
  const target = path.join(daemonFolder(stateDir), `${version}-${contentHash(built)}`);
  const entry = path.join(target, path.basename(source));
  if (existsSync(target)) return entry;

  makePrivateFolder(daemonFolder(stateDir));
  // Under another name until it is whole: a crash leaves no half copy that looks like one.
  const fresh = `${target}.${randomBytes(6).toString("hex")}`;
  cpSync(built, fresh, { recursive: true });
  copyNodePty(source, path.join(fresh, "node_modules", "node-pty"));
  try {
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Another host was faster: its copy is the same.
    if (!existsSync(target)) throw error;
  }
  return entry;
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

function contentHash(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) {
    const bytes = readFileSync(file);
    hash.update(`${path.relative(folder, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex").slice(0, 12);
}
