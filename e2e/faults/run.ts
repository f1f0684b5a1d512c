/**
 * Kills at random, as often as asked: `node e2e/faults/run.ts --rounds 100 --seed 1`. Prints a line of JSON for each
 * round that found a problem, and a summary as the last. Exit code 1 where there was any.
 */
import { parseArgs } from "node:util";
import { createRandom, planRound } from "./plan.ts";
import { runRound } from "./round.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const rounds = Number(values.rounds);
const seed = Number(values.seed);
const sum = { rounds, seed, kills: 0, printed: 0, logged: 0, interrupted: 0, problems: 0 };
const startedAt = Date.now();
for (let round = 0; round < rounds; round += 1) {
  // Each round has a seed of its own, so that one that failed can be run alone: --rounds 1 --seed N.
  const report = await runRound(planRound(createRandom(seed + round)));
  sum.kills += report.kills;
  sum.printed += report.printed;
  sum.logged += report.logged;
  sum.interrupted += report.interrupted;
  sum.problems += report.problems.length;
  if (report.problems.length > 0)
    process.stdout.write(`${JSON.stringify({ seed: seed + round, ...report })}\n`);
}
process.stdout.write(`${JSON.stringify({ ...sum, ms: Date.now() - startedAt })}\n`);
process.exitCode = sum.problems > 0 ? 1 : 0;
