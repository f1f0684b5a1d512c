import { inRoot } from "./place.mjs";
import { runQuietly } from "./process.mjs";
import { say } from "./say.mjs";

const CHECKS = {
  types: ["node_modules/typescript/bin/tsc", "-p", "."],
  "types of the page": ["node_modules/typescript/bin/tsc", "-p", "renderer"],
  lint: ["node_modules/oxlint/bin/oxlint", "--type-aware"],
  format: ["node_modules/oxfmt/bin/oxfmt", "--check"],
};

/** Types, lint and format, at once. Says only what is wrong. @param {string} node @returns {Promise<string[]>} the checks that failed */
export async function runChecks(node) {
  const outcomes = await Promise.all(
    Object.entries(CHECKS).map(async ([name, args]) => ({
      name,
      ...(await runQuietly(node, args, { cwd: inRoot() })),
    })),
  );
  const failed = outcomes.filter((outcome) => outcome.code !== 0);
  for (const { name, output } of failed) say(`${name}: failed\n${output.trim()}\n`);
  return failed.map((outcome) => outcome.name);
}
