/**
 * An expected failure, as a plain value. `code` names the cause (`branch_exists`), never the place.
 * The rest is written for the person: what happened, what was kept, what to do.
 */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  /** One sentence: what happened. No stack trace, no raw git. */
  readonly message: string;
  /** What was kept although this failed. */
  readonly kept?: string;
  /** What the person can do now. */
  readonly hint?: string;
  /** The raw text of the tool that failed, for a folded "details". */
  readonly details?: string;
}

export type Result<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure<Code> };

export const ok = <Value>(value: Value): { readonly ok: true; readonly value: Value } => ({
  ok: true,
  value,
});

export const fail = <Code extends string>(
  failure: Failure<Code>,
): { readonly ok: false; readonly failure: Failure<Code> } => ({ ok: false, failure });

/** A failure on its way through code that can only throw (a worker, a socket, a constructor). */
export class FailureError<Code extends string = string> extends Error {
  override readonly name = "FailureError";
  readonly failure: Failure<Code>;
  constructor(failure: Failure<Code>, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** The failure that `error` carries, or null where it is a surprise. */
export const failureOf = (error: unknown): Failure | null =>
  error instanceof FailureError ? error.failure : null;
