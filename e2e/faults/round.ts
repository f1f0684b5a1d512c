/** One round: four turns at once, processes killed at events of a plan, everything continued to its end, and checked. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { connectOrStart } from "#app/cli/connect.ts";
import { goesOn } from "#app/cli/follow.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { openLog, verifyLogFile } from "#main/storage/log.ts";
import type { Log } from "#main/storage/log.ts";
import { isKnown } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { createOriel } from "../driver/oriel.ts";
import type { RunningCommandLine, TestOriel } from "../driver/oriel.ts";
import { processesWith } from "../driver/processes.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import type { Kill } from "./plan.ts";
import { EFFECTS, nextAction } from "./script.ts";

const TASKS = ["first", "second", "third", "fourth"];

export interface RoundReport {
  readonly plan: readonly Kill[];
  /** How many of the planned kills came before the end of all turns. */
  readonly kills: number;
  readonly printed: number;
  readonly logged: number;
  readonly interrupted: number;
  /** Empty where nothing was lost, repeated or left over. */
  readonly problems: readonly string[];
}

export async function runRound(plan: readonly Kill[]): Promise<RoundReport> {
  await using server = await startModelServer([{ match: "", steps: [nextAction] }]);
  const oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  let report: RoundReport;
  try {
    report = await play(oriel, server.url, plan);
  } finally {
    await oriel[Symbol.asyncDispose]();
  }
  return { ...report, problems: [...report.problems, ...(await leftOver(oriel.root))] };
}

async function play(oriel: TestOriel, modelUrl: string, plan: readonly Kill[]): Promise<RoundReport> {
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const tasks = TASKS.flatMap((task) => ["--task", task]);
  const ran = oriel.start("run", "--project", project, ...tasks, "--json");
  await ran.event((event) => event.type === "session.created");
  await using log = await openLog({ dir: dataDir(oriel.dataDir).state, readOnly: true });
  const over = new AbortController();
  const killing = killByPlan(oriel, ran, log, plan, over.signal);
  await ran.finished;
  const sessions = await toTheEnd(oriel, modelUrl, log);
  over.abort();
  const kills = await killing;
  const events = await allEvents(log);
  const daemonDied = plan.slice(0, kills).some(({ victim }) => victim === "daemon" || victim === "both");
  return {
    plan,
    kills,
    printed: ran.events.length,
    logged: events.length,
    interrupted: events.filter((event) => event.type === "turn.interrupted").length,
    problems: [
      ...checkLog(oriel, ran.events, events),
      ...checkItems(events),
      ...(await Promise.all(sessions.map((session) => checkEffects(session, daemonDied)))).flat(),
    ],
  };
}

/** Kills as planned, as long as anything goes on. Gives how many it came to. */
async function killByPlan(
  oriel: TestOriel,
  ran: RunningCommandLine,
  log: Log,
  plan: readonly Kill[],
  over: AbortSignal,
): Promise<number> {
  for (const [index, { victim, at }] of plan.entries()) {
    await until(async () => (over.aborted || (await log.lastId()) >= at ? true : null));
    if (over.aborted) return index;
    if (victim === "command") ran.process.kill("SIGKILL");
    else if (victim === "both") await Promise.all([oriel.killDaemon(), oriel.killHost()]);
    else await (victim === "host" ? oriel.killHost() : oriel.killDaemon());
  }
  return plan.length;
}

/** Continues what was cut off, as a person would, until every turn has completed. */
async function toTheEnd(oriel: TestOriel, modelUrl: string, log: Log): Promise<readonly SessionSummary[]> {
  const env = { PATH: process.env["PATH"], HOME: oriel.root, OPENAI_BASE_URL: modelUrl };
  return until(async () => {
    const sessions = await log.sessions();
    if (sessions.every((summary) => summary.turn?.status === "completed" && !goesOn(summary)))
      return sessions;
    try {
      using connection = await connectOrStart(oriel.dataDir, env);
      const list = await Promise.race([connection.client.sessions.list(), connection.closed]);
      for (const { id, state } of list ?? []) {
        if (state !== "needs_you") continue;
        await Promise.race([connection.client.sessions.continue({ session: id }), connection.closed]);
      }
    } catch {
      // The host was killed under the request; the next look asks a new one.
    }
    return null;
  });
}

async function allEvents(log: Log): Promise<readonly UnknownEvent[]> {
  const events: UnknownEvent[] = [];
  for (;;) {
    const page = await log.read({ after: events.at(-1)?.id ?? 0, limit: 1000 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** What was printed is in the log as it was printed, the numbers have no gap, and the chain holds. */
function checkLog(
  oriel: TestOriel,
  printed: readonly UnknownEvent[],
  logged: readonly UnknownEvent[],
): string[] {
  const byId = new Map(logged.map((event) => [event.id, JSON.stringify(event)]));
  const problems = printed
    .filter((event) => byId.get(event.id) !== JSON.stringify(event))
    .map((event) => `printed and not in the log: ${event.id} ${event.type}`);
  const last = new Map<string, number>();
  for (const { stream, seq } of logged) {
    if (seq !== (last.get(stream) ?? 0) + 1) problems.push(`a gap in ${stream} before ${seq}`);
    last.set(stream, seq);
  }
  const verdict = verifyLogFile(path.join(dataDir(oriel.dataDir).state, "log.db"));
  if (!verdict.ok) problems.push(`the chain breaks at ${verdict.at}: ${verdict.reason}`);
  return problems;
}

/** Every item that began has ended once. */
function checkItems(events: readonly UnknownEvent[]): string[] {
  const known = events.filter(isKnown);
  const ends = new Map<string, number>();
  for (const event of known) {
    if (event.type === "item.completed") ends.set(event.body.item, (ends.get(event.body.item) ?? 0) + 1);
  }
  return known.flatMap((event) => {
    if (event.type !== "item.started" || ends.get(event.body.item) === 1) return [];
    return [
      `item ${event.body.item} (${event.body.content.kind}) ended ${ends.get(event.body.item) ?? 0} times`,
    ];
  });
}

/** No effect twice; and none missing, unless a daemon died, which nobody can make up for. */
async function checkEffects({ title, worktree }: SessionSummary, daemonDied: boolean): Promise<string[]> {
  const text = await readFile(path.join(worktree ?? "", "effects.txt"), "utf8").catch(() => "");
  const found = text.split("\n").filter(Boolean);
  return EFFECTS.flatMap((effect) => {
    const times = found.filter((line) => line === effect).length;
    if (times === 1 || (times === 0 && daemonDied)) return [];
    return [`${title}: the effect "${effect}" happened ${times} times`];
  });
}

/** What still runs of this round. What was killed a moment ago has so many looks to be gone. */
async function leftOver(root: string): Promise<readonly string[]> {
  let looks = 1500;
  return until(() => {
    const left = processesWith(root);
    looks -= 1;
    return left.length === 0 || looks === 0 ? left.map(({ line }) => `still runs: ${line}`) : null;
  });
}
