/**
 * Kills at random, as often as asked: `npm run faults -- --rounds 1000 --seed 1 --lanes 2`. Prints a line of JSON for each
 * world that found a problem, and a summary as the last. Exit code 1 where there was any.
 */
import { parseArgs } from "node:util";
import { playFaults } from "./lanes.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
    lanes: { type: "string", default: "1" },
  },
});
const asked = { rounds: Number(values.rounds), seed: Number(values.seed), lanes: Number(values.lanes) };
const startedAt = Date.now();
const { counts, found } = await playFaults({
  ...asked,
  onWorld(problems, done) {
    process.stderr.write(`${done} of ${asked.rounds} rounds\n`);
    if (problems) process.stdout.write(`${JSON.stringify(problems)}\n`);
  },
});
const problems = found.reduce((sum, world) => sum + world.problems.length, 0);
const seconds = Math.round((Date.now() - startedAt) / 1000);
const { rounds: _asked, ...rest } = asked;
process.stdout.write(`${JSON.stringify({ ...rest, ...counts, problems, seconds })}\n`);
process.exitCode = problems > 0 ? 1 : 0;
