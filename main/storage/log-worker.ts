/** The log's own thread: SQLite blocks, so that the host does not. Started by worker-link.ts. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { AppendCall, Stored } from "./appender.ts";
import { openEngine } from "./engine.ts";
import type { Engine } from "./engine.ts";
import { problemOf } from "./protocol.ts";
import type { Answer, FromWorker, Request, ToWorker, WorkerOptions } from "./protocol.ts";

if (parentPort === null) throw new Error("log-worker runs in a worker thread only");
start(parentPort, workerData);

function start(port: MessagePort, options: WorkerOptions): void {
  const post = (message: FromWorker): void => port.postMessage(message);
  const opened = answer(() => openEngine(options), options.dir);
  if (!opened.ok) return post({ kind: "opened", answer: opened });
  const engine = opened.value;
  post({ kind: "opened", answer: { ok: true, value: null } });

  const append = (calls: readonly AppendCall[]): void => {
    const answers = engine
      .append(calls)
      .map((attempt): Answer<Stored> =>
        attempt.ok
          ? { ok: true, value: attempt.stored }
          : { ok: false, problem: problemOf(attempt.error, options.dir) },
      );
    post({ kind: "appended", answers });
    engine.tidy();
  };

  port.on("message", (first: ToWorker) => {
    let message: ToWorker | undefined = first;
    while (message !== undefined) {
      if (message.op === "append") {
        const { calls, next } = takeWaiting(port, message.calls);
        append(calls);
        message = next;
      } else if (message.op === "close") {
        engine[Symbol.dispose]();
        return port.close();
      } else {
        const request: Request = message;
        post({ kind: "answer", answer: answer(() => handle(engine, request), options.dir) });
        message = undefined;
      }
    }
  });
}

/** Takes what arrived while the disk was being written: it is committed together. Stops at what is no append. */
function takeWaiting(
  port: MessagePort,
  first: readonly AppendCall[],
): { calls: readonly AppendCall[]; next: ToWorker | undefined } {
  const calls = [...first];
  for (;;) {
    const received: { message: ToWorker } | undefined = receiveMessageOnPort(port);
    if (received?.message.op !== "append") return { calls, next: received?.message };
    for (const call of received.message.calls) calls.push(call);
  }
}

function answer<Value>(work: () => Value, dir: string): Answer<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, problem: problemOf(error, dir) };
  }
}

function handle(engine: Engine, request: Request): unknown {
  switch (request.op) {
    case "read":
      return engine.read(request.query);
    case "readStream":
      return engine.readStream(request.query);
    case "lastId":
      return engine.lastId();
    case "sessions":
      return engine.views.sessions.all();
    case "session":
      return engine.views.sessions.get(request.id);
    case "projects":
      return engine.views.projects.all();
    case "erase":
      return engine.erase(request.id);
    case "verify":
      return engine.verify(request.cursor);
    default:
      return assertNever(request);
  }
}
