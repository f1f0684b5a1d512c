/** Plays worlds, several at once, until there were enough rounds. */
import { launchBrowser, PLAIN_DRAWING } from "../driver/browser.ts";
import { builtApp } from "../driver/window.ts";
import { usePageSocket } from "../driver/page-socket.ts";
import { planWorld } from "./plan.ts";
import { emptyCounts, playWorld } from "./world.ts";
import type { Counts } from "./world.ts";

/** So many rounds a world lives through. */
const ROUNDS_A_WORLD = 10;

export interface FaultsOptions {
  readonly rounds: number;
  /** The first world's; the others' follow. One world is played again with its seed and --rounds. */
  readonly seed: number;
  /** How many worlds at once. */
  readonly lanes: number;
  /** After each world. */
  onWorld?(report: FoundProblems | null, done: number): void;
}

export interface FoundProblems {
  readonly seed: number;
  readonly rounds: number;
  readonly problems: readonly string[];
}

export async function playFaults({ rounds, seed, lanes, onWorld }: FaultsOptions): Promise<{
  readonly counts: Counts;
  readonly found: readonly FoundProblems[];
}> {
  usePageSocket();
  await using built = await builtApp();
  const counts = emptyCounts();
  const found: FoundProblems[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const world = next;
      next += 1;
      const length = Math.min(ROUNDS_A_WORLD, rounds - world * ROUNDS_A_WORLD);
      if (length <= 0) return;
      await using browser = await launchBrowser(PLAIN_DRAWING);
      const report = await playWorld({ built, browser }, planWorld(seed + world, length));
      add(counts, report.counts);
      const problems = { seed: seed + world, rounds: length, problems: report.problems };
      if (report.problems.length > 0) found.push(problems);
      onWorld?.(report.problems.length > 0 ? problems : null, counts.rounds);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { counts, found };
}

function add(sum: Counts, one: Counts): void {
  sum.rounds += one.rounds;
  sum.renderer += one.renderer;
  sum.host += one.host;
  sum.daemon += one.daemon;
  sum.confirmed += one.confirmed;
  sum.unarrived += one.unarrived;
  sum.compared += one.compared;
  sum.turns += one.turns;
  sum.interrupted += one.interrupted;
  sum.events += one.events;
}
