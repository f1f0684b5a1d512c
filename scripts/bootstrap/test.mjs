import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runChecks } from "./check.mjs";
import { inRoot } from "./place.mjs";
import { runInForeground } from "./process.mjs";
import { say } from "./say.mjs";

/**
 * The static checks and then every test, whatever the checks said; the last line counts both.
 * @param {string} node @param {readonly string[]} args for vitest
 */
export async function runTests(node, args) {
  const failedChecks = await runChecks(node);
  const folder = mkdtempSync(path.join(tmpdir(), "oriel-tally-"));
  try {
    const tallyFile = path.join(folder, "tally.json");
    const env = { ...process.env, ORIEL_TALLY: tallyFile };
    const code = await runInForeground(node, [inRoot("node_modules/vitest/vitest.mjs"), "run", ...args], {
      cwd: inRoot(),
      env,
    });
    if (failedChecks.length > 0) say(`failed, see above: ${failedChecks.join(", ")}`);
    return close(total(readTally(tallyFile), failedChecks.length, code));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 * @param {Tally | null} tests null when vitest ended before it could count
 * @param {number} failedChecks @param {number} exitCode of vitest
 * @returns {Tally}
 */
export function total(tests, failedChecks, exitCode) {
  const { passed, failed, skipped } = tests ?? { passed: 0, failed: 1, skipped: 0 };
  // Vitest may fail after the last test, for example because a worker would not end.
  const late = failed === 0 && exitCode !== 0 ? 1 : 0;
  return { passed, failed: failed + failedChecks + late, skipped };
}

/** Prints the closing line. @param {Tally} tally @returns {number} the exit code that goes with it */
export function close({ passed, failed, skipped }) {
  process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  return failed > 0 ? 1 : 0;
}

/** @param {string} file @returns {Tally | null} */
function readTally(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
