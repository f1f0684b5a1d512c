/** What is killed, and when: all that is random in a round, and the same for the same seed. */

export const VICTIMS = ["host", "daemon", "both", "command"] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kill {
  readonly victim: Victim;
  /** Once the log holds so many events. */
  readonly at: number;
}

/** Four turns of the script, undisturbed, leave about this many events. */
const EVENTS = 110;
const MOST_KILLS = 3;

/** Numbers in [0, 1), the same for the same seed. Mulberry32, by Tommy Ettinger. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One to three kills, in the order of their events. */
export function planRound(random: () => number): readonly Kill[] {
  const count = 1 + Math.floor(random() * MOST_KILLS);
  const kills = Array.from({ length: count }, (): Kill => {
    const victim = VICTIMS[Math.floor(random() * VICTIMS.length)] ?? "host";
    return { victim, at: 2 + Math.floor(random() * EVENTS) };
  });
  return kills.toSorted((left, right) => left.at - right.at);
}
