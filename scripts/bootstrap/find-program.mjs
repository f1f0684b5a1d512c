import { accessSync, constants } from "node:fs";
import path from "node:path";

/**
 * The absolute path of the first of `names` that PATH has, or null.
 * @param {readonly string[]} names @param {NodeJS.ProcessEnv} [env]
 */
export function findProgram(names, env = process.env) {
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  for (const name of names) {
    for (const folder of folders) {
      const found = suffixes.map((suffix) => path.join(folder, name + suffix)).find(isExecutable);
      if (found) return found;
    }
  }
  return null;
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
