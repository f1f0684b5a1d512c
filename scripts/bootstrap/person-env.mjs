import path from "node:path";
import { ROOT } from "./place.mjs";

/**
 * The environment that the person had before npm changed it: without npm's own variables, and without Oriel's
 * development tools on PATH, which an agent's command would otherwise find before the project's own.
 * @param {NodeJS.ProcessEnv} env @param {string} [root]
 * @returns {NodeJS.ProcessEnv}
 */
export function personEnv(env, root = ROOT) {
  if (!env["npm_lifecycle_event"]) return env;
  const kept = Object.entries(env).filter(([name]) => !isOfNpm(name));
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => !isToolFolder(folder, root));
  return { ...Object.fromEntries(kept), PATH: folders.join(path.delimiter) };
}

/** What a person may set for npm by environment; npm repeats the rest from Oriel's own .npmrc, which is not the agent's. */
const KEPT_CONFIG =
  /^npm_config_(cache|userconfig|globalconfig|registry|proxy|https_proxy|noproxy|cafile|strict_ssl|nodedir)$/i;

/** @param {string} name */
const isOfNpm = (name) => /^(npm_.*|INIT_CWD|NODE|COLOR)$/i.test(name) && !KEPT_CONFIG.test(name);

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
