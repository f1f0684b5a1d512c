/**
 * The log against the sqlite3 command line with the same rows, indices, batches and sync mode, and against what the disk
 * takes to sync one row. Ours also checks, hashes and reduces each event, and its rows cross a thread.
 * Prints one JSON line a measure; `ratio` is ours / theirs. Needs `sqlite3` on the PATH.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { openLog } from "#main/storage/log.ts";
import type { Log } from "#main/storage/log.ts";
import type { EventDraft } from "#shared/session/events.ts";

const RUNS = 7;
const SESSIONS = 8;
const AT = 1_763_700_000_000;
/** What one row of a single append takes in SQLite's journal: some 4 KiB pages with their headers. */
const SYNCED_BYTES = 4 * 4120;

const SET_UP = "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = FULL;\n";

/** SQL for the command line. */
interface Script {
  readonly setUp: string;
  readonly transactions: readonly string[];
}

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
async function scriptFor(root: string, calls: readonly EventDraft[][]): Promise<Script> {
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
  return { setUp: SET_UP, transactions };
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
async function timeTheirs(root: string, { setUp, transactions }: Script): Promise<number> {
  const { dir, log } = await newLog(root);
  await log[Symbol.asyncDispose]();
  const file = path.join(dir, "log.db");
  const empty = await ms(() => void sqlite(file, setUp));
  const script = setUp + transactions.join("");
  const spent = await ms(() => void sqlite(file, script));
  await rm(dir, { recursive: true });
  return spent - empty;
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

/** The median time of one append until it is acknowledged, each asked for after the one before. */
async function ackOurs(root: string, calls: readonly EventDraft[][]): Promise<number> {
  const { dir, log } = await newLog(root);
  const spent: number[] = [];
  for (const call of calls) spent.push(await ms(async () => void (await log.append(call))));
  await log[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
  return median(spent);
}

/** The same for the command line: it is handed one transaction on its input and answers on its output. */
async function ackTheirs(root: string, { setUp, transactions }: Script): Promise<number> {
  const { dir, log } = await newLog(root);
  await log[Symbol.asyncDispose]();
  const child = spawn("sqlite3", ["-batch", path.join(dir, "log.db")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (sql: string): Promise<void> => {
    child.stdin.write(`${sql}.print ready\n`);
    for (;;) if ((await lines.next()).value === "ready") return;
  };
  await ask(setUp);
  const spent: number[] = [];
  for (const transaction of transactions) spent.push(await ms(() => ask(transaction)));
  child.stdin.end();
  await once(child, "exit");
  await rm(dir, { recursive: true });
  return median(spent);
}

/** The median time to write and sync as many bytes as a transaction of one row does, over and over the same 4 MB. */
function ackDisk(root: string, count: number): number {
  const file = openSync(path.join(root, "synced"), "w");
  const bytes = new Uint8Array(SYNCED_BYTES);
  const spent = Array.from({ length: count }, (_, index) => {
    const start = performance.now();
    writeSync(file, bytes, 0, bytes.length, (index % 250) * SYNCED_BYTES);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  return median(spent);
}

async function compareAcks(root: string, count: number): Promise<void> {
  const calls = batches(count, 1);
  const script = await scriptFor(root, calls);
  const ours = (): Promise<number> => ackOurs(root, calls);
  await compare({
    name: "log: ack of one row, against sqlite3 on a pipe",
    unit: "ms",
    ours,
    theirs: () => ackTheirs(root, script),
  });
  await compare({
    name: "log: ack of one row, against write and fdatasync",
    unit: "ms",
    ours,
    theirs: async () => ackDisk(root, count),
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
