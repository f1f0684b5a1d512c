import { say, Stop } from "./say.mjs";
import { runQuietly } from "./process.mjs";

const FLAGS = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/**
 * Installs exactly what the lock file in `cwd` says; npm checks every package against its recorded hash.
 * @param {string} cwd @param {string} node the Node that runs npm
 */
export async function npmCi(cwd, node) {
  const { command, args, shell } = npm(node);
  const { code, output } = await runQuietly(command, [...args, "ci", ...FLAGS], { cwd, shell });
  if (code === 0) return;
  say(output.trim());
  throw new Stop(
    "npm could not install (its own words are above). Nothing of the old installation is used; run the same command again.",
  );
}

/** The npm that started us, else the one on PATH. @param {string} node */
export function npm(node) {
  const started = process.env["npm_execpath"];
  if (started && /npm-cli\.c?js$/.test(started)) return { command: node, args: [started], shell: false };
  // Windows has npm as a .cmd file, which only a shell can start.
  return { command: "npm", args: [], shell: process.platform === "win32" };
}
