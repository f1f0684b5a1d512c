/** The one place that wires the services together. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { HostServices } from "./gateway/services.ts";
import { readBaseFile } from "./git/base-file.ts";
import { inspectProject } from "./git/inspect.ts";
import { openSession, sealedPaths, writablePaths } from "./git/session-git.ts";
import { runtimeFolder } from "./daemon/endpoint.ts";
import type { DataDir } from "./kernel/data-dir.ts";
import { createAgents } from "./session/agents.ts";
import { expected } from "./session/asking.ts";
import { commandsFor, releaseEnded } from "./session/commands.ts";
import type { CommandServices } from "./session/commands.ts";
import { createDaemonLink } from "./session/daemon-link.ts";
import { createFleet } from "./session/fleet.ts";
import { filesFor } from "./session/files.ts";
import { readHistory } from "./session/history.ts";
import { createLive } from "./session/live.ts";
import { createModels } from "./session/models.ts";
import { createPlaces } from "./session/places.ts";
import type { RecoveryServices } from "./session/recovery.ts";
import { createSessionService } from "./session/service.ts";
import type { SessionServices } from "./session/service.ts";
import { createSecretKeeper } from "./session/secret-keeper.ts";
import { openSettings } from "./session/settings.ts";
import { createTerminals } from "./session/terminals.ts";
import type { Terminals } from "./session/terminals.ts";
import { hostVerbs } from "./session/verbs.ts";
import type { Web } from "./session/verbs.ts";
import { worktreeOf } from "./session/turn.ts";
import { createWorktrees } from "./session/worktrees.ts";
import { detectSandbox } from "./policy/sandbox/detect.ts";
import { openLog } from "./storage/log.ts";
import type { Log, LogOptions } from "./storage/log.ts";
import type { Settings } from "#shared/settings/settings.ts";
import { wasCutOff } from "#shared/session/summary.ts";

export interface HostOptions {
  readonly dir: DataDir;
  /** The environment that credentials and the commands' environments are taken from. */
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  /** The daemon's entry file. */
  readonly daemonEntry: string;
  /** How many turns run at once; default: twice the processors. */
  readonly places?: number;
  readonly now?: () => number;
  /** Between two measurements of what a turn that runs has changed, in ms. `Infinity` for its end alone. Default 2000. */
  readonly measureRestMs?: number;
  /** Hosts that confined commands may reach. Default: none. */
  readonly allowHosts?: readonly string[];
  /** How the log is opened: a test puts itself in between, and stops the world at an event. */
  readonly open?: (options: LogOptions) => Promise<Log>;
  readonly web?: Web;
  /** Ends this process in order, once who asked for it has the answer. */
  readonly quit?: () => void;
  /** Where surprises go that no caller is left for. */
  readonly report?: (error: unknown) => void;
}

export interface Host extends AsyncDisposable {
  readonly services: HostServices;
  /** Whether a turn runs or waits. */
  readonly busy: boolean;
  readonly settings: Settings;
  /** The terminals' bytes, which are not part of the contract. */
  readonly terminals: Pick<Terminals, "attach">;
}

/** How many requests to the model one turn may take. */
const STEP_LIMIT = 200;
/** A person sees numbers move; nobody reads them more often. */
const MEASURE_REST_MS = 2000;
/** How much of a project's AGENTS.md goes into each request. */
const INSTRUCTION_BYTES = 32 * 1024;

/** Where the daemon's entry is, beside this file's own: its source, or what it was built into. */
export const DAEMON_ENTRY = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../app/daemon/main.ts" : "./daemon.js", import.meta.url),
);

/**
 * Opens the log, settles what a host that is gone left open, and starts what was waiting. The caller holds the data
 * directory's lock. Rejects with a FailureError where the log can't be opened.
 */
export async function createHost(options: HostOptions): Promise<Host> {
  const { dir, env, version, now = Date.now, report = reportToStderr } = options;
  const agents = createAgents(
    { apiKey: env["OPENAI_API_KEY"], baseUrl: env["OPENAI_BASE_URL"] },
    { offlineSpeed: Number(env["ORIEL_OFFLINE_SPEED"]) || undefined },
  );
  const secrets = createSecretKeeper(env);
  const log = await (options.open ?? openLog)({ dir: dir.state, redact: secrets.redact });
  const link = createDaemonLink({ stateDir: dir.state, entry: options.daemonEntry, version });
  const sandbox = await detectSandbox();
  const worktrees = createWorktrees(dir);
  const places = createPlaces(placesFor(options, null));
  const settings = await openSettings(log, now, (changed) => {
    places.resize(placesFor(options, changed.places));
    agents.configure(changed);
  });
  const live = createLive({ redact: secrets.redactText, secrets: () => secrets.secrets });
  const known = {
    cursor: await log.lastId(),
    sessions: await log.sessions(),
    projects: await log.projects(),
  };
  const fleet = createFleet(known);
  log.subscribe((events) => {
    fleet.apply(events);
    live.apply(events);
  });

  const commands: CommandServices = {
    daemon: () => link.daemon(),
    sandbox,
    policyFor: async (summary, mode, proxySocket) => {
      const git = await openSession(dir.root, summary.id);
      return {
        mode,
        worktree: worktreeOf(summary),
        writable: git.ok ? writablePaths(git.value) : [worktreeOf(summary)],
        sealed: git.ok ? sealedPaths(git.value) : [],
        readable: git.ok ? [git.value.project.root, git.value.project.commonDir] : [summary.project],
        hidden: [dir.state, runtimeFolder(dir.state), path.dirname(dir.hostSocket)],
        temp: await worktrees.temp(summary.id),
        proxySocket,
      };
    },
    allowHosts: options.allowHosts ?? [],
    env,
    redact: secrets.redactText,
    putBlob: (bytes) => log.putBlob(bytes),
    readHistory: (session) => readHistory(log, session),
  };
  const recovery: RecoveryServices = {
    existingDaemon: () => link.existing(),
    daemon: () => link.daemon(),
    readHistory: commands.readHistory,
    redact: secrets.redactText,
    putBlob: commands.putBlob,
    // A daemon that is gone has forgotten them already.
    releaseCommands: async (record) => {
      const daemon = await link.existing().catch(expected);
      await releaseEnded(daemon, record, commands.readHistory).catch(expected);
    },
    report,
  };
  const services: SessionServices = {
    log,
    now,
    worktrees,
    recovery,
    places,
    stepLimit: STEP_LIMIT,
    sandboxed: sandbox.kind !== "none",
    inspectProject,
    chooseModel: agents.chooseModel,
    redact: secrets.redactText,
    agentFor: agents.agentFor,
    modelFor: agents.modelFor,
    onDelta: live.add,
    endProcesses: (session) => terminals.endAll(session),
    readHistory: recovery.readHistory,
    prepare: (record) => {
      // The first command then finds the daemon there. Where it can't be had, that command says so.
      link.daemon().catch(() => undefined);
      return worktrees.prepare(record);
    },
    wrapUp: worktrees.wrapUp,
    measure: worktrees.measure,
    measureRestMs: options.measureRestMs ?? MEASURE_REST_MS,
    projectInstructions: async (record) => {
      const git = await openSession(dir.root, record.id);
      return git.ok ? readBaseFile(git.value, "AGENTS.md", INSTRUCTION_BYTES) : null;
    },
    commandsFor: (record, turn, place) => commandsFor(commands, record, turn, place),
    releaseCommands: recovery.releaseCommands,
    filesFor: (record) => filesFor(record, worktreeOf(record.summary)),
    report,
  };
  const sessions = createSessionService(services, known);
  const terminals = createTerminals({ link, env, session: (session) => sessions.get({ session }) });
  const models = createModels({
    agents,
    redact: (failure, key) => secrets.redactFailure(failure, [key]),
  });
  // Nobody is served before: for a daemon that does not answer it is enough to have waited once, not for each session.
  await link.waitingOnce(async () => {
    await sessions.resume();
    if (settings.current.resume !== "auto") return;
    for (const { id } of sessions.list().filter(wasCutOff)) await sessions.continue({ session: id });
  });

  return {
    get busy() {
      return sessions.busy;
    },
    get settings() {
      return settings.current;
    },
    terminals,
    services: hostVerbs({
      dir,
      env,
      version,
      sandbox,
      log,
      agents,
      secrets,
      sessions,
      link,
      terminals,
      settings,
      models,
      fleet,
      live,
      web: options.web,
      quit: options.quit ?? (() => undefined),
    }),
    [Symbol.asyncDispose]: async () => {
      await sessions.stopAll();
      await agents[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

/** How many turns may run at once: what a person set, else what the host was started with. */
const placesFor = (options: HostOptions, wish: number | null): number =>
  wish ?? options.places ?? availableParallelism() * 2;

function reportToStderr(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
