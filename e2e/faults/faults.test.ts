import { expect, test } from "vitest";
import { createRandom, planRound } from "./plan.ts";
import { runRound } from "./round.ts";

/** Two rounds at a time fill two cores. */
const LANES = [1, 2];
const ROUNDS_A_LANE = 5;

test(
  "whatever is killed and when: nothing printed is lost, nothing happens twice, nothing is left running",
  { timeout: 300_000 },
  async () => {
    const lane = async (first: number): Promise<unknown[]> => {
      const reports: unknown[] = [];
      for (let round = 0; round < ROUNDS_A_LANE; round += 1) {
        const seed = first * 1000 + round;
        const { problems, plan } = await runRound(planRound(createRandom(seed)));
        if (problems.length > 0) reports.push({ seed, plan, problems });
      }
      return reports;
    };
    expect((await Promise.all(LANES.map(lane))).flat()).toEqual([]);
  },
);
