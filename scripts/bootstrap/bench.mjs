import { existsSync, readdirSync } from "node:fs";
import { inRoot } from "./place.mjs";
import { runInForeground } from "./process.mjs";
import { Stop } from "./say.mjs";

const FOLDER = inRoot("e2e", "bench");

/** `bench NAME [args]` runs e2e/bench/NAME.ts; without a name it lists what there is.
 * @param {string} node @param {readonly string[]} args */
export async function runBench(node, [name, ...args]) {
  const names = benchNames();
  if (!name) {
    process.stdout.write(names.map((each) => `npm run bench -- ${each}\n`).join(""));
    return 0;
  }
  if (!names.includes(name))
    throw new Stop(`there is no bench "${name}". There are: ${names.join(", ") || "none"}`, 2);
  return runInForeground(node, [`${FOLDER}/${name}.ts`, ...args], { cwd: inRoot() });
}

/** A file directly in e2e/bench/ is a bench; what several share lies in folders. */
function benchNames() {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => file.slice(0, -".ts".length))
    .toSorted();
}
