import { ensureBuild } from "./build.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureNode } from "./node.mjs";
import { inRoot } from "./place.mjs";
import { runInForeground } from "./process.mjs";
import { say, Stop } from "./say.mjs";
import { ensureSystemPackages } from "./system.mjs";

/**
 * One npm script each: what it needs besides Node and the packages, and what it does then.
 * `run` gets the pinned Node's path and the person's arguments, and returns the exit code.
 * @type {Readonly<Record<string, {
 *   system?: "app" | "tests", build?: true, run: (node: string, args: readonly string[]) => Promise<number>
 * }>>}
 */
const VERBS = {
  start: { system: "app", build: true, run: (node, args) => runApp(node, "start", ["start", ...args]) },
  oriel: { system: "app", build: true, run: (node, args) => runApp(node, "oriel", args) },
  test: {
    system: "tests",
    build: true,
    run: async (node, args) => (await import("./test.mjs")).runTests(node, args),
  },
  bench: {
    system: "tests",
    build: true,
    run: async (node, args) => (await import("./bench.mjs")).runBench(node, args),
  },
  faults: { system: "tests", build: true, run: (node, args) => runTool(node, "e2e/faults/run.ts", args) },
  build: { build: true, run: async () => 0 },
  package: {
    system: "tests",
    build: true,
    run: async (node, args) => (await import("../package.mjs")).packageApp(node, args),
  },
  check: { run: async (node) => ((await (await import("./check.mjs")).runChecks(node)).length > 0 ? 1 : 0) },
  format: { run: (node, args) => runTool(node, "node_modules/oxfmt/bin/oxfmt", args) },
  vitest: {
    system: "tests",
    build: true,
    run: (node, args) => runTool(node, "node_modules/vitest/vitest.mjs", args),
  },
};

/**
 * Sets up what `verb` needs, silently where there is nothing to do, and runs it.
 * @param {readonly string[]} argv the verb and its arguments
 * @returns {Promise<number>} the exit code
 */
export async function main([name = "", ...args]) {
  const verb = VERBS[name];
  if (!verb) {
    say(`usage: node scripts/bootstrap.mjs ${Object.keys(VERBS).join("|")} [arguments]`);
    return 2;
  }
  try {
    if (Number.parseInt(process.versions.node, 10) < 20) {
      throw new Stop(`this is Node ${process.versions.node}; the bootstrap needs 20 or later, with its npm.`);
    }
    const node = await ensureNode();
    await ensureDependencies(node);
    if (verb.system) await ensureSystemPackages({ tests: verb.system === "tests" });
    if (verb.build) await ensureBuild(node);
    return await verb.run(node, args);
  } catch (error) {
    const stop = error instanceof Stop ? error : null;
    say(stop?.message ?? (error instanceof Error ? error.stack : null) ?? String(error));
    if (name === "test") process.stdout.write("\n0 passed, 1 failed\n");
    return stop?.exitCode ?? 1;
  }
}

/** @param {string} node @param {string} verb @param {readonly string[]} args */
async function runApp(node, verb, args) {
  const { personEnv, personFolder } = await import("./person-env.mjs");
  const options = { cwd: personFolder(process.env, verb), env: personEnv(process.env) };
  return runInForeground(node, [inRoot("dist", "cli.js"), ...args], options);
}

/** @param {string} node @param {string} tool @param {readonly string[]} args */
const runTool = (node, tool, args) => runInForeground(node, [inRoot(tool), ...args], { cwd: inRoot() });
