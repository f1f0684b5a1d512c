import { writeFileSync } from "node:fs";

/**
 * A vitest reporter that ends a run with `N passed, M failed, K skipped`, for whoever reads only the end. Under
 * `npm test` (which adds the static checks) it leaves the count in the file that `ORIEL_TALLY` names instead.
 */
export default class ClosingLine {
  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   * @param {import("vitest/node").TestRunEndReason} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    const tally = count(modules, unhandledErrors, reason);
    const file = process.env["ORIEL_TALLY"];
    if (file) writeFileSync(file, JSON.stringify(tally));
    else {
      const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
      process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed${skipped}\n`);
    }
  }
}

/**
 * @param {readonly import("vitest/node").TestModule[]} modules
 * @param {readonly unknown[]} unhandledErrors
 * @param {import("vitest/node").TestRunEndReason} reason
 */
function count(modules, unhandledErrors, reason) {
  const tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    // A file that could not be loaded has no tests, and still is a failure.
    if (module.errors().length > 0) tally.failed += 1;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      tally[state === "pending" ? "failed" : state] += 1;
    }
  }
  if (reason === "failed" && tally.failed === 0) tally.failed = 1;
  return tally;
}
