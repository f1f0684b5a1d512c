import { failureOf, FailureError } from "#shared/kernel/failure.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import type { AppendCall, Stored } from "./appender.ts";
import { named } from "./failures.ts";
import type { ReadQuery, StreamQuery } from "./reader.ts";
import type { ChainCursor } from "./verify.ts";

/** What the log's thread is asked. Answers come in the order of the requests. */
export type Request =
  | { readonly op: "read"; readonly query: ReadQuery }
  | { readonly op: "readStream"; readonly query: StreamQuery }
  | { readonly op: "lastId" }
  | { readonly op: "sessions" }
  | { readonly op: "session"; readonly id: string }
  | { readonly op: "projects" }
  | { readonly op: "erase"; readonly id: number }
  | { readonly op: "verify"; readonly cursor: ChainCursor };

/** Appends travel apart: those that wait while the disk is written are taken together. */
export type ToWorker =
  | { readonly op: "append"; readonly calls: readonly AppendCall[] }
  | { readonly op: "close" }
  | Request;

/** An error on its way between the threads: a known failure, or a surprise with its stack. */
export type Problem =
  | { readonly kind: "failure"; readonly failure: Failure }
  | { readonly kind: "surprise"; readonly message: string; readonly stack: string | undefined };

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };

export type FromWorker =
  /** First of all: the log is open, or why it is not. */
  | { readonly kind: "opened"; readonly answer: Answer<null> }
  /** One answer for each call, oldest first. */
  | { readonly kind: "appended"; readonly answers: readonly Answer<Stored>[] }
  /** To the oldest request that has none yet. */
  | { readonly kind: "answer"; readonly answer: Answer<unknown> };

export interface WorkerOptions {
  readonly dir: string;
  readonly readOnly: boolean;
}

export function problemOf(thrown: unknown, dir: string): Problem {
  const error = named(thrown, dir);
  const failure = failureOf(error);
  if (failure !== null) return { kind: "failure", failure };
  if (error instanceof Error) return { kind: "surprise", message: error.message, stack: error.stack };
  return { kind: "surprise", message: String(error), stack: undefined };
}

export function errorOf(problem: Problem): Error {
  if (problem.kind === "failure") return new FailureError(problem.failure);
  const error = new Error(problem.message);
  if (problem.stack !== undefined) error.stack = problem.stack;
  return error;
}
