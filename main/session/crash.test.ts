/**
 * Kills the host at every event of a scripted turn, twice: with the event stored and nobody told, and with everything
 * done that came before the next one. The dead host's memory is gone; the log, the daemon and the files are not.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { ScriptedModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { RecordedRequest, Reply } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { createHost, DAEMON_ENTRY } from "#main/host.ts";
import type { Host } from "#main/host.ts";
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openLog } from "#main/storage/log.ts";
import type { Log, LogOptions } from "#main/storage/log.ts";
import type { Event } from "#shared/session/events.ts";
import { readHistory } from "./history.ts";

const ACTIONS: readonly Reply[] = [
  call("update_plan", { explanation: null, steps: [{ text: "Do it", status: "in_progress" }] }),
  shellCall("echo one >> effects.txt"),
  call("apply_patch", { patch: "*** Begin Patch\n*** Add File: new.txt\n+new\n*** End Patch" }),
];

const input = z.array(
  z.looseObject({
    type: z.string().optional(),
    call_id: z.string().optional(),
    arguments: z.string().optional(),
    output: z.unknown().optional(),
  }),
);

/** A model without a memory: the first action that has no result yet, or one that says it was never carried out. */
function nextAction(request: RecordedRequest): Reply {
  const entries = input.parse(request.body["input"]);
  const done = (action: Reply): boolean => {
    const [wanted] = action.output ?? [];
    const calls = entries.filter(
      (entry) =>
        entry.type === "function_call" &&
        wanted &&
        "call" in wanted &&
        entry.arguments === JSON.stringify(wanted.arguments),
    );
    const results = calls.map((made) =>
      entries.find((entry) => entry.output !== undefined && entry.call_id === made.call_id),
    );
    return results.some((result) => result && !/never ran|not known/.test(String(result.output)));
  };
  return ACTIONS.find((action) => !done(action)) ?? say("All done.");
}

interface World {
  readonly root: string;
  readonly project: string;
  readonly server: ScriptedModelServer;
}
let world: World;
const cleanUp = new AsyncDisposableStack();

beforeAll(async () => {
  const temp = cleanUp.use(await tempDir());
  const project = path.join(temp.path, "project");
  mkdirSync(project);
  writeFileSync(path.join(project, "a.txt"), "one\n");
  for (const args of [
    ["init", "-q", "-b", "main"],
    ["add", "."],
    ["-c", "user.name=P", "-c", "user.email=p@example.com", "commit", "-qm", "First"],
  ]) {
    execFileSync("git", args, { cwd: project });
  }
  const server = cleanUp.use(await startModelServer([{ match: "", steps: [nextAction] }]));
  world = { root: path.join(temp.path, "data"), project, server };
  createDataDir(dataDir(world.root));
});

afterAll(async () => {
  const daemon = await connectDaemon({ stateDir: dataDir(world.root).state });
  await daemon?.shutdown();
  await daemon?.closed;
  await cleanUp.disposeAsync();
});

const startHost = (open?: (options: LogOptions) => Promise<Log>): Promise<Host> =>
  createHost({
    dir: dataDir(world.root),
    env: { PATH: process.env["PATH"], HOME: world.root, OPENAI_BASE_URL: world.server.url },
    version: "test",
    daemonEntry: DAEMON_ENTRY,
    // It would come at any place among the events that are counted here.
    measureRestMs: Infinity,
    ...(open && { open }),
  });

interface Crash {
  /** The event, counted over what this host appends, from 1. */
  readonly at: number;
  /** `stored`: it is on disk, and its append never returns. `asked`: its append never reaches the disk. */
  readonly how: "stored" | "asked";
}

/** A log whose host dies at an event. `died` resolves with what the dead host had been told was on disk. */
function mortalLog({ at, how }: Crash) {
  const died = Promise.withResolvers<void>();
  const told: Event[] = [];
  let appended = 0;
  let dead = false;
  const never = new Promise<never>(() => undefined);
  const open = async (options: LogOptions): Promise<Log> => {
    const log = await openLog(options);
    const die = async (): Promise<never> => {
      dead = true;
      await log[Symbol.asyncDispose]();
      died.resolve();
      return never;
    };
    /** The dead are told nothing. */
    const alive = async <Value>(work: Promise<Value>): Promise<Value> => {
      const value = await work.catch((error: unknown) => (dead ? never : Promise.reject(error)));
      return dead ? never : value;
    };
    return {
      ...log,
      read: (query) => alive(log.read(query)),
      readStream: (stream, after, limit) => alive(log.readStream(stream, after, limit)),
      lastId: () => alive(log.lastId()),
      append: async (drafts) => {
        if (dead) return never;
        const reached = appended + drafts.length >= at;
        appended += drafts.length;
        if (reached && how === "asked") return die();
        const events = await log.append(drafts);
        if (reached) return die();
        told.push(...events);
        return events;
      },
    };
  };
  return { open, died: died.promise, told, alive: () => !dead };
}

/** Runs a session to its end; null where the host died before. */
async function runUntilEnd(host: Host, session: string): Promise<void> {
  for (let after = 0; ;) {
    const read = await host.services.log.read({
      after,
      sessions: [session],
      limit: 500,
      slim: false,
      waitMs: 20_000,
    });
    if (!read.ok) throw new Error(read.failure.message);
    after = read.value.cursor;
    const summary = await host.services.sessions.get({ session });
    if (summary.ok && summary.value.turn !== null && summary.value.turn.status !== "running") return;
  }
}

/** `told`: what the host that was to die had been told is on disk. */
async function crashAndContinue(crash: Crash): Promise<{ told: readonly Event[]; reached: boolean }> {
  const mortal = mortalLog(crash);
  const first = await startHost(mortal.open);
  const wish = {
    task: "Do the work",
    agent: "oriel",
    approval: "on-request",
    sandbox: "workspace-write",
  } as const;
  const runs = async (): Promise<void> => {
    const made = await first.services.sessions.create({ project: world.project, sessions: [wish] });
    if (made.ok) await runUntilEnd(first, made.value.sessions[0]!.id);
  };
  await Promise.race([mortal.died, runs()]);
  const reached = !mortal.alive();
  if (!reached) await first[Symbol.asyncDispose]();

  const second = await startHost();
  try {
    const listed = await second.services.sessions.list(undefined);
    const session = listed.ok ? listed.value.at(-1) : undefined;
    // Killed before the session was in the log: there is nothing of it, and the person was not told otherwise.
    if (!session || session.state === "idle" || mortal.told.length === 0)
      return { told: mortal.told, reached };
    if (session.turn?.status === "interrupted")
      await second.services.sessions.continue({ session: session.id });
    await runUntilEnd(second, session.id);
    const log = await openLog({ dir: dataDir(world.root).state, readOnly: true });
    const events = await readHistory(log, session.id);
    await log[Symbol.asyncDispose]();
    const ended = await second.services.sessions.get({ session: session.id });
    if (!ended.ok) throw new Error(ended.failure.message);
    expect({ crash, state: ended.value.state, open: ended.value.open }).toEqual({
      crash,
      state: "ready",
      open: [],
    });
    expect(readFileSync(path.join(ended.value.worktree!, "effects.txt"), "utf8")).toBe("one\n");
    expect(readFileSync(path.join(ended.value.worktree!, "new.txt"), "utf8")).toBe("new\n");
    // What the dead host was told is on disk is there, in the same order.
    const own = mortal.told.filter((event) => event.stream === `session/${session.id}`);
    expect(events.slice(0, own.length)).toEqual(own);
    expect(endings(events)).toEqual(new Set([1]));
    return { told: mortal.told, reached };
  } finally {
    await second[Symbol.asyncDispose]();
  }
}

/** How often each item that was started has ended. */
function endings(events: readonly Event[]): Set<number> {
  const started = events.filter((event) => event.type === "item.started").map((event) => event.body.item);
  const ended = events.filter((event) => event.type === "item.completed").map((event) => event.body.item);
  return new Set(started.map((item) => ended.filter((other) => other === item).length));
}

test("a host that dies when an event is stored loses nothing and repeats nothing", async () => {
  let at = 1;
  while ((await crashAndContinue({ at, how: "stored" })).reached) at += 1;
  // The scripted turn has this many events; the loop went past the last of them.
  expect(at).toBeGreaterThan(15);
});

/** Before these something is done that is not in the log: a host that dies there leaves more than the log tells. */
const BEHIND_EFFECTS: ReadonlySet<string> = new Set([
  "worktree.ready",
  "item.completed",
  "checkpoint.created",
  "branch.updated",
  "turn.completed",
]);

test("a host that dies between what it does and the event of it loses nothing and repeats nothing", async () => {
  const { told } = await crashAndContinue({ at: Infinity, how: "asked" });
  const places = told.flatMap(({ type }, index) => (BEHIND_EFFECTS.has(type) ? [index + 1] : []));
  expect(new Set(places.map((at) => told[at - 1]?.type))).toEqual(BEHIND_EFFECTS);
  for (const at of places) await crashAndContinue({ at, how: "asked" });
});
