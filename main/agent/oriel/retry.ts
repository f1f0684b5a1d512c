import type { Failure } from "#shared/kernel/failure.ts";
import type { Fault } from "../models/model.ts";

export interface RetryPolicy {
  /** Requests for one response, the first included. */
  readonly attempts: number;
  /** The wait before the second request, and the longest, in milliseconds; each is three times the one before. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** The longest wait that a server may ask for: a turn that would sleep longer fails and says so. Milliseconds. */
  readonly retryAfterLimitMs: number;
}

/** About a minute in all: 0.5, 1.5, 4.5, 13.5 and 30 s. */
export const RETRY: RetryPolicy = {
  attempts: 6,
  firstMs: 500,
  longestMs: 30_000,
  retryAfterLimitMs: 120_000,
};

/** What to do after a fault of attempt number `attempt` (from 1). `random` is in [0, 1): sessions must not retry in step. */
export function afterFault(
  fault: Fault,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): { readonly waitMs: number } | { readonly failure: Failure } {
  if (!fault.retry) return { failure: fault.failure };
  const asked = fault.retry.afterMs;
  if (asked !== null && asked > policy.retryAfterLimitMs)
    return { failure: tooLong(fault.failure, asked, policy) };
  if (attempt >= policy.attempts) return { failure: gaveUp(fault.failure, attempt) };
  const backoff = Math.min(policy.firstMs * 3 ** (attempt - 1), policy.longestMs);
  const jittered = Math.round(backoff * (0.75 + random() / 2));
  return { waitMs: asked === null ? jittered : Math.max(asked, 100) };
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const tooLong = (failure: Failure, asked: number, policy: RetryPolicy): Failure => ({
  ...failure,
  message: `${failure.message} It asks to wait ${seconds(asked)}; a turn waits ${seconds(policy.retryAfterLimitMs)} at most.`,
  hint: `Continue the session in ${seconds(asked)}, or choose another model.`,
});

const gaveUp = (failure: Failure, attempts: number): Failure => ({
  ...failure,
  message: `${failure.message} It was asked ${attempts} times.`,
  kept: "Everything that the session did is kept.",
});
