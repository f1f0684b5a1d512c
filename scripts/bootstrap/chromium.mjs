import { findProgram, isExecutable } from "./find-program.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Where they are on systems that do not put browsers on PATH. */
const USUAL_PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * The browser for tests: what `ORIEL_CHROMIUM` says, else a Chromium on PATH or where its installer puts it; null if
 * there is none. A path in `ORIEL_CHROMIUM` is taken at its word, so that a wrong one fails where it is used.
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findChromium(env = process.env) {
  return env["ORIEL_CHROMIUM"] || findProgram(NAMES, env) || USUAL_PLACES.find(isExecutable) || null;
}
