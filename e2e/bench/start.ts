/**
 * `npm run bench -- start`: from starting the host to the first answer about all sessions, with 1,000 sessions in the
 * log against 1. What it costs to come back to a long history, as a ratio.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { connect } from "#app/cli/connect.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { fillHistory } from "./shared/history.ts";

const RUNS = 7;
const built = fileURLToPath(new URL("../../dist/host.js", import.meta.url));
const HOST = existsSync(built) ? built : fileURLToPath(new URL("../../app/host/main.ts", import.meta.url));

/** Milliseconds from starting a host to its answer with all sessions. */
async function startOnce(root: string, sessions: number): Promise<number> {
  const before = performance.now();
  const host = spawn(process.execPath, [HOST, "--data-dir", root], { stdio: ["ignore", "pipe", "inherit"] });
  await once(host.stdout, "data");
  using connection = await connect(root);
  const listed = await connection?.client.sessions.list();
  const after = performance.now();
  if (listed?.length !== sessions) throw new Error(`${listed?.length} sessions instead of ${sessions}`);
  const ended = once(host, "close");
  host.kill("SIGKILL");
  await ended;
  return after - before;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

await using temp = await tempDir("oriel-bench-");
const [one, thousand] = [path.join(temp.path, "1"), path.join(temp.path, "1000")];
await fillHistory(one, 1);
await fillHistory(thousand, 1000);
const ours: number[] = [];
const theirs: number[] = [];
for (let run = 0; run < RUNS; run += 1) {
  theirs.push(await startOnce(one, 1));
  ours.push(await startOnce(thousand, 1000));
}
const [many, single] = [median(ours), median(theirs)];
process.stdout.write(
  `${JSON.stringify({ name: "start", ours: many, theirs: single, unit: "ms", ratio: many / single, runs: RUNS, what: "1,000 sessions in the log against 1" })}\n`,
);
