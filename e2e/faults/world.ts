/**
 * A world: four sessions with turns at work, eight shells with programs at work, a page that shows four of them. In each
 * round something is killed, everything comes back, and what it came back with is checked.
 */
import path from "node:path";
import type { Browser } from "playwright-core";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { connectDaemon, findLeftovers } from "#main/daemon/client.ts";
import type { TerminalState } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { openLog } from "#main/storage/log.ts";
import type { Log } from "#main/storage/log.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { createOriel } from "../driver/oriel.ts";
import type { RunningCommandLine, TestOriel } from "../driver/oriel.ts";
import { processesOf, processesWith } from "../driver/processes.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import type { WebAddress } from "../driver/web.ts";
import type { BuiltApp } from "../driver/window.ts";
import { checkEffects, checkItems, checkLog, eventsOf } from "./checks.ts";
import { patiently, withPatience } from "./patience.ts";
import { createPerson } from "./person.ts";
import type { Person } from "./person.ts";
import type { Kill, Victim } from "./plan.ts";
import { stayingOf, writeProgram } from "./program.ts";
import { nextAction, wordsOf } from "./script.ts";
import { openShell } from "./shell.ts";
import type { Shell } from "./shell.ts";
import { showSessions } from "./shown.ts";
import type { ShownLine, ShownPage } from "./shown.ts";

const SESSIONS = 4;
const SHELLS_EACH = 2;
const SIZE = { cols: 80, rows: 24 };

export interface Counts {
  renderer: number;
  host: number;
  daemon: number;
  rounds: number;
  /** Lines that were typed into shells and that their programs confirmed. */
  confirmed: number;
  /** Those that were typed for a shell that died with its daemon. */
  unarrived: number;
  /** Characters of terminals' output that were compared with what the programs had printed. */
  compared: number;
  turns: number;
  interrupted: number;
  /** Events that clients were given, and that the log must have. */
  events: number;
}

export interface WorldReport {
  readonly counts: Counts;
  /** Empty where nothing was lost, repeated or left over. */
  readonly problems: readonly string[];
}

interface World extends AsyncDisposable {
  readonly oriel: TestOriel;
  readonly ran: RunningCommandLine;
  readonly log: Log;
  readonly person: Person;
  readonly shells: readonly Shell[];
  /** The session of each shell, by the shell's id. */
  readonly owners: ReadonlyMap<string, string>;
  readonly page: ShownPage;
}

export interface WorldGround {
  readonly built: BuiltApp;
  /** With no page of anybody else. */
  readonly browser: Browser;
}

export async function playWorld(ground: WorldGround, plan: readonly Kill[]): Promise<WorldReport> {
  const counts = emptyCounts();
  const problems: string[] = [];
  await using server = await startModelServer([{ match: "", steps: [nextAction] }]);
  const oriel = await createOriel(environment(server.url), ground.built.command);
  try {
    await using world = await createWorld(ground, oriel, environment(server.url));
    for (const [index, kill] of plan.entries()) {
      const found = await playRound(world, kill, counts);
      problems.push(...found.map((problem) => `round ${index + 1} (${kill.victims.join("+")}): ${problem}`));
    }
    problems.push(...(await end(world, counts)));
  } catch (error) {
    problems.push(
      `round ${counts.rounds + 1}: ${error instanceof Error ? String(error.stack) : String(error)}`,
    );
  } finally {
    await oriel[Symbol.asyncDispose]();
  }
  problems.push(...(await leftOver(oriel.root)));
  return { counts, problems };
}

export const emptyCounts = (): Counts => ({
  ...{ rounds: 0, renderer: 0, host: 0, daemon: 0 },
  ...{ confirmed: 0, unarrived: 0, compared: 0, turns: 0, interrupted: 0, events: 0 },
});

const environment = (modelUrl: string): Record<string, string> => ({
  ...{ SHELL: "/bin/bash", PS1: "$ " },
  ...{ OPENAI_BASE_URL: modelUrl, OPENAI_API_KEY: "sk-none" },
});

async function createWorld(
  { browser }: WorldGround,
  oriel: TestOriel,
  env: Record<string, string>,
): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const state = dataDir(oriel.dataDir).state;
  await writeProgram(oriel.root);
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const names = Array.from({ length: SESSIONS }, (_, index) => `S${index + 1}`);
  const tasks = names.flatMap((name) => ["--task", `${name}. ${wordsOf(1)}`]);
  const ran = oriel.start("run", "--project", project, ...tasks, "--json");
  await ran.event((event) => event.type === "session.created");
  const log = stack.use(await openLog({ dir: state, readOnly: true }));
  const sessions = await patiently("four worktrees", async () => {
    const all = await log.sessions();
    return all.length === SESSIONS && all.every(({ worktree }) => worktree !== null) ? all : null;
  });
  const hostEnv = { ...env, HOME: oriel.root };
  const ids = sessions.map(({ id }) => id);
  const person = stack.use(
    await createPerson({ dataDir: oriel.dataDir, env: hostEnv, runtime: oriel.runtime, log }, ids),
  );
  const address = await person.openWeb();
  const owners = new Map<string, string>();
  const shells: Shell[] = [];
  const place = { root: oriel.root, saved: path.join(state, "daemon", "terminals"), address };
  for (const session of ids.flatMap((id) => Array.from({ length: SHELLS_EACH }, () => id))) {
    const { id } = await person.ask((client) => client.terminals.open({ session, ...SIZE }));
    owners.set(id, session);
    shells.push(stack.use(openShell(place, String(shells.length + 1), id)));
  }
  await Promise.all(shells.map((shell) => shell.begin()));
  // Only a terminal that was saved can come back.
  await Promise.all(shells.map((shell) => shell.saved()));
  const titles = new Map(sessions.map(({ id, title }) => [id, title]));
  const page = stack.use(await showSessions(browser, urlOf(address), titles));
  const owned = stack.move();
  return {
    ...{ oriel, ran, log, person, shells, owners, page },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const urlOf = ({ origin, token }: WebAddress): string => `${origin}/#token=${token}`;

async function playRound(world: World, kill: Kill, counts: Counts): Promise<readonly string[]> {
  const { log, person, shells, page } = world;
  await person.carryOn();
  const from = await log.lastId();
  await patiently("the moment to kill", async () =>
    (await log.lastId()) >= from + kill.at || !(await person.isAnyRunning()) ? true : null,
  );
  const before = await statesOf(world);
  for (const [index, victim] of kill.victims.entries()) {
    if (index > 0 && kill.gapMs > 0) await new Promise((resolve) => setTimeout(resolve, kill.gapMs));
    if (await killOne(world, victim)) counts[victim] += 1;
  }
  const daemonDied = kill.victims.includes("daemon");
  await recover(world, daemonDied ? before : null);
  counts.rounds += 1;
  return [
    ...(await Promise.all(shells.map((shell) => shell.check()))).flat(),
    ...checkProcesses(before, await statesOf(world), daemonDied),
    ...page.errors().map((error) => `the page: ${error}`),
  ];
}

async function killOne({ oriel, page, shells, person }: World, victim: Victim): Promise<boolean> {
  switch (victim) {
    case "renderer":
      return page.kill();
    case "host":
      return killEach(`host.js --data-dir ${oriel.dataDir}`);
    case "daemon":
      await Promise.all([person.daemonDies(), ...shells.map((shell) => shell.daemonDies())]);
      return killEach(`--state-dir ${dataDir(oriel.dataDir).state}`);
    default:
      return assertNever(victim);
  }
}

/** kill -9 of what has `text` in its command line, at whatever it is just then; false where there is nothing. */
function killEach(text: string): boolean {
  return processesWith(text).filter(({ pid }) => killed(pid)).length > 0;
}

/** False where it had ended by itself just then: a host that found another one, for example. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}

/**
 * As a person does it: opens the page again, starts what a shell ran, and looks whether all goes on. `dead`: the shells
 * that died with their daemon.
 */
async function recover(world: World, dead: readonly TerminalState[] | null): Promise<void> {
  const { person, page, shells, owners } = world;
  await person.openWeb();
  await page.revive();
  if (dead !== null) {
    await patiently("a new shell in each terminal", async () => {
      const states = await statesOf(world);
      return dead.every(({ id, pid }) => states.some((now) => now.id === id && now.pid !== pid && !now.lost))
        ? true
        : null;
    });
    await Promise.all(shells.map((shell) => shell.begin()));
  }
  await Promise.all(shells.map((shell) => shell.answer()));
  const wanted = new Map<string, ShownLine[]>();
  for (const { id, label, typist } of shells) {
    const session = owners.get(id) ?? "";
    wanted.set(session, [...(wanted.get(session) ?? []), { label, atLeast: typist.printed }]);
  }
  await page.shows(wanted);
}

async function statesOf({ oriel }: World): Promise<readonly TerminalState[]> {
  const stateDir = dataDir(oriel.dataDir).state;
  await using daemon = await patiently("the daemon", () => connectDaemon({ stateDir }));
  return await daemon.listTerminals();
}

/** Who survives is the same as before, and what is said to run does. */
function checkProcesses(
  before: readonly TerminalState[],
  after: readonly TerminalState[],
  daemonDied: boolean,
): readonly string[] {
  const running = new Set(processesWith("").map(({ pid }) => pid));
  return [
    ...before
      .filter(({ id, pid }) => (after.find((state) => state.id === id)?.pid === pid) === daemonDied)
      .map(({ id }) => `terminal ${id} has ${daemonDied ? "the same" : "another"} shell`),
    ...after
      .filter(({ exit, pid }) => exit !== null || !running.has(pid))
      .map(({ id, exit }) => `the shell of ${id} ${exit === null ? "is said to run and does not" : "ended"}`),
  ];
}

async function end(world: World, counts: Counts): Promise<readonly string[]> {
  const { oriel, ran, log, person, shells } = world;
  await person.finish();
  await withPatience("the end of the command", ran.finished);
  const logged = await eventsOf(log);
  const sessions = await log.sessions();
  const given = [...ran.events, ...person.events];
  const sum = (of: (shell: Shell) => number): number => shells.map(of).reduce((a, b) => a + b, 0);
  counts.confirmed = sum(({ typist }) => typist.confirmed) - sum(({ lost }) => lost);
  counts.unarrived = sum(({ lost }) => lost);
  counts.compared = sum(({ compared }) => compared);
  counts.turns = person.parts.length;
  counts.interrupted = logged.filter((event) => event.type === "turn.interrupted").length;
  counts.events = given.length;
  return [
    ...checkLog(oriel.dataDir, given, logged),
    ...checkItems(logged),
    ...(await checkTrees(world)),
    ...(await Promise.all(sessions.map((session) => checkEffects(session, person.parts)))).flat(),
  ];
}

/** Each shell has what it started in the background, and no command has left anything: not to `oriel doctor` either. */
async function checkTrees({ oriel, shells }: World): Promise<readonly string[]> {
  const running = new Set(processesOf(oriel.root).map(({ line }) => line.trim()));
  const children = await Promise.all(shells.map(({ label }) => stayingOf(oriel.root, label)));
  const left = await findLeftovers({ stateDir: dataDir(oriel.dataDir).state });
  return [
    ...left.map(({ kind, id, command }) => `left over of ${kind} ${id}: ${command}`),
    ...children.filter((child) => !running.has(child)).map((child) => `a shell's child is gone: ${child}`),
  ];
}

/** What still runs of this world. What was killed a moment ago has so many looks to be gone. */
async function leftOver(root: string): Promise<readonly string[]> {
  let looks = 1500;
  return until(() => {
    const left = processesOf(root);
    looks -= 1;
    return left.length === 0 || looks === 0 ? left.map(({ line }) => `still runs: ${line}`) : null;
  });
}
