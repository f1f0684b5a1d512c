/** A screen worker that dies of the word `poison`, for the test of what then happens. */
import { parentPort } from "node:worker_threads";
import "../screen-worker.ts";
import type { ToScreens } from "../screen-worker.ts";

parentPort?.on("message", (message: ToScreens) => {
  if (message.type === "write" && Buffer.from(message.bytes).includes("poison")) throw new Error("poisoned");
});
