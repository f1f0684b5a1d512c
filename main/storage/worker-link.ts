import { Worker } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Event } from "#shared/session/events.ts";
import { createAppendQueue } from "./append-queue.ts";
import type { AppendCall } from "./appender.ts";
import { failures } from "./failures.ts";
import { errorOf } from "./protocol.ts";
import type { FromWorker, Request, ToWorker, WorkerOptions } from "./protocol.ts";

/** The host's end of the log's thread. Every promise rejects with FailureError `log_stopped` when the thread dies. */
export interface WorkerLink extends AsyncDisposable {
  append(call: AppendCall): Promise<readonly Event[]>;
  request(request: Request): Promise<unknown>;
}

interface Asked {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Beside this file, from source and in the flat bundle alike. */
const workerFile = new URL(
  import.meta.url.endsWith(".ts") ? "./log-worker.ts" : "./log-worker.js",
  import.meta.url,
);

/** Starts the thread and opens the log in it; rejects with the reason where it can't be opened. */
export async function startWorker(
  options: WorkerOptions,
  publish: (events: readonly Event[]) => void,
  file = workerFile,
): Promise<WorkerLink> {
  // Without the host's own flags: they may name loaders or an inspector that the thread must not have.
  const worker = new Worker(file, { workerData: options, execArgv: [], name: "log" });
  const post = (message: ToWorker): void => worker.postMessage(message);
  const opening = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const asked: Asked[] = [];
  const appends = createAppendQueue((calls) => post({ op: "append", calls }), publish);
  let refusal: Error | null = null;

  worker.on("message", (message: FromWorker) => {
    switch (message.kind) {
      case "opened":
        if (message.answer.ok) opening.resolve();
        else opening.reject(errorOf(message.answer.problem));
        return;
      case "appended":
        appends.settle(message.answers);
        return;
      case "answer": {
        const first = asked.shift();
        if (message.answer.ok) first?.resolve(message.answer.value);
        else first?.reject(errorOf(message.answer.problem));
        return;
      }
      default:
        assertNever(message);
    }
  });

  const stop = (error: Error): void => {
    refusal = error;
    opening.reject(error);
    appends.fail(error);
    for (const { reject } of asked.splice(0)) reject(error);
  };
  worker.on("error", (error) => stop(new FailureError(failures.stopped(String(error)), { cause: error })));
  worker.on("exit", (code) => {
    stop(refusal ?? new FailureError(failures.stopped(`The thread ended with code ${code}.`)));
    ended.resolve();
  });

  try {
    await opening.promise;
  } catch (error) {
    await ended.promise;
    throw error;
  }
  return {
    append: (call) => (refusal === null ? appends.add(call) : Promise.reject(refusal)),
    request(request) {
      if (refusal !== null) return Promise.reject(refusal);
      // What was appended before must be there when this is answered.
      appends.flush();
      post(request);
      return new Promise((resolve, reject) => void asked.push({ resolve, reject }));
    },
    async [Symbol.asyncDispose]() {
      if (refusal === null) {
        appends.flush();
        refusal = new FailureError(failures.closed());
        post({ op: "close" });
      }
      await ended.promise;
    },
  };
}
