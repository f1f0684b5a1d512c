/**
 * The log against the sqlite3 command line with the same rows, indices, batches and sync mode, and against what the disk
 * takes to sync one row. Ours also checks, hashes and reduces each event, and its rows cross a thread.
 * Prints one JSON line a measure; `ratio` is ours / theirs. Needs `sqlite3` on the PATH.
 */
import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openLog } from "#main/storage/log.ts";
import type { Log } from "#main/storage/log.ts";
import type { EventDraft } from "#shared/session/events.ts";

const RUNS = 7;
const SESSIONS = 8;
const AT = 1_763_700_000_000;
/** What one row of a single append takes in SQLite's journal: some 4 KiB pages with their headers. */
const SYNCED_BYTES = 4 * 4120;

interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly ours: () => Promise<number>;
  readonly theirs: () => Promise<number>;
}

const ms = async (work: () => Promise<void> | void): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const rounded = (value: number): number => Number(value.toPrecision(4));

/** Ours and theirs by turns, so that what else the machine does hits both. The first pair only warms up. */
async function compare({ name, unit, ours, theirs }: Measure): Promise<void> {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let run = 0; run <= RUNS; run += 1) pairs.push({ ours: await ours(), theirs: await theirs() });
  const counted = pairs.slice(1);
  const mine = median(counted.map((pair) => pair.ours));
  const other = median(counted.map((pair) => pair.theirs));
  const line = {
    name,
    ours: rounded(mine),
    theirs: rounded(other),
    unit,
    ratio: rounded(mine / other),
    runs: RUNS,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const stream = (session: number): string => `session/ses_${session}`;

const created = (session: number): EventDraft => ({
  stream: stream(session),
  at: AT,
  actor: "person",
  cause: null,
  type: "session.created",
  body: {
    title: "Add tests",
    task: "Add the missing tests",
    slug: "add-tests",
    agent: "oriel",
    provider: "offline",
    model: "recipes",
    approval: "on-request",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [{ project: "/home/ada/acme-api", base: "main", commit: "4f2c", branch: "oriel/add-tests" }],
  },
});

/** An agent's message of 300 characters, and every fourth time a command with 2 kB of output. */
function item(session: number, index: number): EventDraft {
  const around = { stream: stream(session), at: AT + index, actor: "agent", cause: `cmd_${index}` } as const;
  const ids = { turn: "trn_1", item: `itm_${index}`, status: "completed" } as const;
  if (index % 4 > 0) {
    const content = { kind: "message", role: "agent", text: "I read the suite. ".repeat(17) } as const;
    return { ...around, type: "item.completed", body: { ...ids, content } };
  }
  const output = { blob: null, size: 2000, head: "ok 1 - adds up the cart\n".repeat(83), tail: "" };
  const content = {
    kind: "command",
    command: "npm test",
    cwd: "",
    exitCode: 0,
    durationMs: 812,
    output,
  } as const;
  return { ...around, type: "item.completed", body: { ...ids, content } };
}

/** `count` calls of `size` drafts, each of one session, the sessions by turns. */
const batches = (count: number, size: number): EventDraft[][] =>
  Array.from({ length: count }, (_, batch) =>
    Array.from({ length: size }, (_, index) => item(batch % SESSIONS, batch * size + index)),
  );

/** A new log in a folder of its own, with its sessions in it. */
async function newLog(root: string): Promise<{ dir: string; log: Log }> {
  const dir = await mkdtemp(path.join(root, "log-"));
  const log = await openLog({ dir });
  await log.append(Array.from({ length: SESSIONS }, (_, session) => created(session)));
  return { dir, log };
}

const sqlite = (file: string, script: string): string =>
  execFileSync("sqlite3", ["-batch", file], { input: script, encoding: "utf8", maxBuffer: 1 << 30 });

/**
 * What the command line is to run for the same result: the rows of a log of ours as they are on disk, and the summary
 * of its session after each batch.
 */
async function scriptFor(root: string, calls: readonly EventDraft[][]): Promise<string> {
  const { dir, log } = await newLog(root);
  const summaries: string[] = [];
  for (const call of calls) {
    await log.append(call);
    summaries.push(JSON.stringify(await log.session(call[0]!.stream.slice("session/".length))));
  }
  await log[Symbol.asyncDispose]();
  const file = path.join(dir, "log.db");
  const rows = sqlite(file, `.mode insert event\nSELECT * FROM event WHERE id > ${SESSIONS} ORDER BY id;`)
    .trimEnd()
    .split("\n");
  const transactions = calls.map((call, index) => {
    const insert = rows.splice(0, call.length).join("\n");
    const summary = summaries[index]!.replaceAll("'", "''");
    const id = call[0]!.stream.slice("session/".length);
    return `BEGIN;\n${insert}\nUPDATE session_view SET seq = seq + ${call.length}, summary = '${summary}' WHERE id = '${id}';\nCOMMIT;\n`;
  });
  return `PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n${transactions.join("")}`;
}

/** The time of the calls one after the other until the log is closed; opening it is not part of it. */
async function timeOurs(root: string, calls: readonly EventDraft[][]): Promise<number> {
  const { dir, log } = await newLog(root);
  const spent = await ms(async () => {
    for (const call of calls) await log.append(call);
    await log[Symbol.asyncDispose]();
  });
  await rm(dir, { recursive: true });
  return spent;
}

/** The time of a script until its process is gone, without what the process takes for an empty script. */
async function timeTheirs(root: string, script: string): Promise<number> {
  const { dir, log } = await newLog(root);
  await log[Symbol.asyncDispose]();
  const file = path.join(dir, "log.db");
  const empty = await ms(() => void sqlite(file, "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n"));
  const spent = await ms(() => void sqlite(file, script));
  await rm(dir, { recursive: true });
  return spent - empty;
}

function timeSyncs(root: string, count: number): Promise<number> {
  const file = openSync(path.join(root, "synced"), "w");
  const bytes = new Uint8Array(SYNCED_BYTES);
  return ms(() => {
    for (let index = 0; index < count; index += 1) {
      writeSync(file, bytes);
      fdatasyncSync(file);
    }
    closeSync(file);
  });
}

async function compareBatches(root: string, count: number, size: number): Promise<void> {
  const calls = batches(count, size);
  const script = await scriptFor(root, calls);
  const perSecond = (spent: number): number => (count * size * 1000) / spent;
  await compare({
    name: `log: rows in batches of ${size}`,
    unit: "rows/s",
    ours: async () => perSecond(await timeOurs(root, calls)),
    theirs: async () => perSecond(await timeTheirs(root, script)),
  });
}

async function compareAcks(root: string, count: number): Promise<void> {
  const calls = batches(count, 1);
  const script = await scriptFor(root, calls);
  const ours = async (): Promise<number> => (await timeOurs(root, calls)) / count;
  const theirs = async (): Promise<number> => (await timeTheirs(root, script)) / count;
  await compare({ name: "log: ack of one row, against sqlite3", unit: "ms", ours, theirs });
  const synced = async (): Promise<number> => (await timeSyncs(root, count)) / count;
  await compare({
    name: "log: ack of one row, against write and fdatasync",
    unit: "ms",
    ours,
    theirs: synced,
  });
}

const root = await mkdtemp(path.join(tmpdir(), "oriel-bench-log-"));
try {
  await compareBatches(root, 200, 100);
  await compareBatches(root, 20, 1000);
  await compareAcks(root, 1000);
} finally {
  await rm(root, { recursive: true, force: true });
}
