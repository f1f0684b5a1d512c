/** Stands in for the log's thread: says that it is open, and dies at the first thing that it is asked. */
import { parentPort } from "node:worker_threads";

parentPort!.once("message", () => {
  throw new Error("out of memory, say");
});
parentPort!.postMessage({ kind: "opened", answer: { ok: true, value: null } });
