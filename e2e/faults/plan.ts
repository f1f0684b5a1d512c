/** What is killed, and when: all that is random in a world, and the same for the same seed. */

export const VICTIMS = ["renderer", "host", "daemon"] as const;
export type Victim = (typeof VICTIMS)[number];

export interface Kill {
  /** One after the other; the second may hit what is just coming back. */
  readonly victims: readonly Victim[];
  /** Once the log has grown by so many events since the round began, or nothing goes on any more. */
  readonly at: number;
  /** Between one victim and the next. */
  readonly gapMs: number;
}

const CHOICES: readonly (readonly Victim[])[] = [
  ["renderer"],
  ["host"],
  ["daemon"],
  ["host", "daemon"],
  ["daemon", "host"],
  ["renderer", "host"],
  ["renderer", "daemon"],
  ["host", "renderer"],
  ["host", "host"],
  ["daemon", "daemon"],
];
/** A part of all four turns, undisturbed, leaves more than this. */
const MOST_EVENTS = 45;
/** A host is back within about this. */
const MOST_GAP_MS = 500;

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

/** One kill a round. */
export function planWorld(seed: number, rounds: number): readonly Kill[] {
  const random = createRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  return Array.from({ length: rounds }, () => ({
    victims: CHOICES[below(CHOICES.length)] ?? ["host"],
    at: below(MOST_EVENTS),
    // Half of the pairs die at once.
    gapMs: random() < 0.5 ? 0 : below(MOST_GAP_MS),
  }));
}
