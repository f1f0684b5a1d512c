import type { AnsweredCall } from "./calls.ts";

/** The same call with the same result, this many times in a row, is a loop. */
export const REPEAT_LIMIT = 4;

/** Counts equal calls with equal results in a row; returns the call that was repeated once too often, else null. */
export function repetitionGuard(): (answered: readonly AnsweredCall[]) => AnsweredCall | null {
  let last: AnsweredCall | null = null;
  let count = 0;
  return (answered) => {
    for (const call of answered) {
      const same =
        last !== null && call.result !== null && last.call === call.call && last.result === call.result;
      count = same ? count + 1 : 1;
      last = call;
      if (count >= REPEAT_LIMIT) return call;
    }
    return null;
  };
}
