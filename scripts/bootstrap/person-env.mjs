import path from "node:path";
import { ROOT } from "./place.mjs";

/**
 * The environment that the person had before npm changed it: without npm's own variables, and without Oriel's
 * development tools on PATH, which an agent's command would otherwise find before the project's own.
 * @param {NodeJS.ProcessEnv} env @param {string} [root]
 * @returns {NodeJS.ProcessEnv}
 */
export function personEnv(env, root = ROOT) {
  const kept = Object.entries(env).filter(([name]) => !isOfNpm(name));
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => !isToolFolder(folder, root));
  return { ...Object.fromEntries(kept), PATH: folders.join(path.delimiter) };
}

/** `npm_config_…` stays: the person may have set it, and npm only repeats what it would read anyway. @param {string} name */
function isOfNpm(name) {
  return /^(npm_(package|lifecycle)_.*|npm_command|npm_execpath|npm_node_execpath|npm_config_loglevel|INIT_CWD)$/i.test(
    name,
  );
}

/** npm puts node_modules/.bin of the package and of every folder above it first, and its own node-gyp.
 * @param {string} folder @param {string} root */
function isToolFolder(folder, root) {
  if (folder.endsWith(path.join("run-script", "lib", "node-gyp-bin"))) return true;
  const suffix = path.join("node_modules", ".bin");
  if (!folder.endsWith(suffix)) return false;
  const relative = path.relative(folder.slice(0, -suffix.length), root);
  return !relative.startsWith("..") && !path.isAbsolute(relative);
}

/** Where the person stood: npm runs scripts in the repository, whatever folder it was called from.
 * @param {NodeJS.ProcessEnv} env @param {string} verb */
export const personFolder = (env, verb) =>
  (env["npm_lifecycle_event"] === verb && env["INIT_CWD"]) || process.cwd();
