/** Whether memory stayed flat while a flood went by. */
import { readFileSync } from "node:fs";

/** What a process has of the memory. Bytes. */
export const residentOf = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

/** All in bytes, of something that may take, for buffers of a fixed size, `above` more than before the flood. */
export interface Flat {
  /** Before the flood. */
  readonly before: number;
  /** Taken evenly while it went on, the oldest first. */
  readonly samples: readonly number[];
  /** How far the largest sample may be above `before`. */
  readonly above: number;
  /** How far the flood's last fifth may be above the fifth in its middle: what grows on is a leak. */
  readonly late: number;
}

const MB = 1_000_000;
const inMb = (bytes: number): string => `${(bytes / MB).toFixed(1)} MB`;

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** How far the median of the last fifth is above that of the fifth in the middle. */
export function lateGrowth(samples: readonly number[]): number {
  const at = (share: number): number => Math.floor(samples.length * share);
  const middle = samples.slice(at(0.4), Math.max(at(0.6), at(0.4) + 1));
  return medianOf(samples.slice(Math.min(at(0.8), samples.length - 1))) - medianOf(middle);
}

/** Says what was measured, or throws where it exceeds what it may; without samples it does, too. */
export function mustBeFlat(what: string, { before, samples, above, late }: Flat): string {
  const rose = Math.max(...samples) - before;
  const grew = lateGrowth(samples);
  const said =
    `the ${what} had ${inMb(before)}, at most ${inMb(rose)} more (${inMb(above)} are allowed), ` +
    `and ${inMb(grew)} more at the end than in the middle (${inMb(late)} are allowed)`;
  // Not the other way round: what could not be measured is NaN.
  if (rose <= above && grew <= late) return said;
  throw new Error(`memory did not stay flat: ${said}`);
}
