import { expect, test } from "vitest";
import { playFaults } from "./lanes.ts";

test(
  "whatever is killed and when: nothing that was acknowledged is lost, nothing happens twice, nothing is left running",
  { timeout: 600_000 },
  async () => {
    const { counts, found } = await playFaults({ rounds: 10, seed: 4, lanes: 1 });
    expect(found).toEqual([]);
    expect(counts.rounds).toBe(10);
    // Of each there was something to kill, and something to look at.
    expect(Object.entries(counts).filter(([, count]) => count === 0)).toEqual([]);
  },
);
