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
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openLog } from "#main/storage/log.ts";
import type { EventDraft } from "#shared/session/events.ts";
import { newId } from "#shared/kernel/ids.ts";

const RUNS = 7;
const ITEMS = 20;
const built = fileURLToPath(new URL("../../dist/host.js", import.meta.url));
const HOST = existsSync(built) ? built : fileURLToPath(new URL("../../app/host/main.ts", import.meta.url));

/** A session that has completed one turn with some commands: what a day's work leaves. */
function sessionDrafts(index: number): EventDraft[] {
  const id = newId("ses");
  const turn = newId("trn");
  const facts = {
    stream: `session/${id}`,
    at: 1_700_000_000_000 + index,
    actor: "agent",
    cause: null,
  } as const;
  const roots = [
    { project: "/repository", base: "main", commit: "0".repeat(40), branch: `oriel/task-${index}` },
  ];
  const items = Array.from({ length: ITEMS }, (_, at): EventDraft[] => {
    const item = newId("itm");
    const content = { kind: "command", command: `npm test -- ${at}`, cwd: "", exitCode: 0 } as const;
    return [
      { ...facts, type: "item.started", body: { turn, item, content } },
      { ...facts, type: "item.completed", body: { turn, item, status: "completed", content } },
    ];
  });
  return [
    {
      ...facts,
      type: "session.created",
      body: {
        title: `Task ${index}`,
        task: `Task ${index}`,
        slug: `task-${index}`,
        agent: "oriel",
        provider: "openai",
        model: "gpt-5.3",
        approval: "on-request",
        sandbox: "workspace-write",
        parent: null,
        origin: "person",
        roots,
      },
    },
    { ...facts, type: "worktree.ready", body: { path: `/worktrees/${id}`, git: `/git/${id}` } },
    { ...facts, type: "turn.started", body: { turn, reason: "task", sandboxed: true } },
    ...items.flat(),
    { ...facts, type: "turn.completed", body: { turn, changes: { files: 1, added: 1, removed: 0 } } },
  ];
}

async function fill(root: string, sessions: number): Promise<void> {
  const dir = dataDir(root);
  createDataDir(dir);
  await using log = await openLog({ dir: dir.state });
  for (let index = 0; index < sessions; index += 1) await log.append(sessionDrafts(index));
}

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
await fill(one, 1);
await fill(thousand, 1000);
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
