/** The one place that wires the services together. */
import { availableParallelism, homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { HostServices } from "./gateway/services.ts";
import { readBaseFile } from "./git/base-file.ts";
import { inspectProject } from "./git/inspect.ts";
import { openSession, writablePaths } from "./git/session-git.ts";
import { runtimeFolder } from "./daemon/endpoint.ts";
import type { DataDir } from "./kernel/data-dir.ts";
import { browse } from "./session/browse.ts";
import { createAgents } from "./session/agents.ts";
import { commandsFor, releaseEnded } from "./session/commands.ts";
import type { CommandServices } from "./session/commands.ts";
import { createDaemonLink } from "./session/daemon-link.ts";
import { createFleet } from "./session/fleet.ts";
import { filesFor } from "./session/files.ts";
import { readHistory } from "./session/history.ts";
import { createLive } from "./session/live.ts";
import { readLog, slim } from "./session/log-reader.ts";
import { createModels } from "./session/models.ts";
import { createPlaces } from "./session/places.ts";
import type { RecoveryServices } from "./session/recovery.ts";
import { ensureSample } from "./session/sample.ts";
import { createSessionService } from "./session/service.ts";
import type { SessionServices } from "./session/service.ts";
import { openSettings } from "./session/settings.ts";
import { createTerminals } from "./session/terminals.ts";
import type { Terminals } from "./session/terminals.ts";
import { worktreeOf } from "./session/turn.ts";
import { createWorktrees } from "./session/worktrees.ts";
import { detectSandbox } from "./policy/sandbox/detect.ts";
import { createRedactor, knownSecrets } from "./policy/secrets.ts";
import { openLog } from "./storage/log.ts";
import type { Log, LogOptions } from "./storage/log.ts";
import { fail, failureOf, ok } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import { sessionStream, storedFailure } from "#shared/session/events.ts";
import type { Settings } from "#shared/settings/settings.ts";

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
  /** How the log is opened: a test puts itself in between, and stops the world at an event. */
  readonly open?: (options: LogOptions) => Promise<Log>;
  /** Opens the web face, where this host has one. */
  readonly openWeb?: (wish: {
    port?: number | undefined;
  }) => Promise<Result<{ url: string; notice: string | null }>>;
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
  const agents = createAgents({ apiKey: env["OPENAI_API_KEY"], baseUrl: env["OPENAI_BASE_URL"] });
  let secrets = knownSecrets(env);
  let redact = createRedactor({ secrets });
  const redactText = (text: string): string => String(redact(text));
  const log = await (options.open ?? openLog)({ dir: dir.state, redact: (value) => redact(value) });
  const link = createDaemonLink({ stateDir: dir.state, entry: options.daemonEntry, version });
  const sandbox = await detectSandbox();
  const worktrees = createWorktrees(dir);
  const places = createPlaces(placesFor(options, null));
  const settings = await openSettings(log, now, (changed) => {
    places.resize(placesFor(options, changed.places));
    agents.configure(changed);
  });
  const live = createLive({ redact: redactText, secrets: () => secrets });
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
        readable: git.ok ? [git.value.project.root, git.value.project.commonDir] : [summary.project],
        hidden: [dir.state, runtimeFolder(dir.state), path.dirname(dir.hostSocket)],
        temp: await worktrees.temp(summary.id),
        proxySocket,
      };
    },
    allowHosts: [],
    env,
    redact: redactText,
    putBlob: (bytes) => log.putBlob(bytes),
  };
  const recovery: RecoveryServices = {
    existingDaemon: () => link.existing(),
    readHistory: (session) => readHistory(log, session),
    redact: redactText,
    putBlob: commands.putBlob,
    // A daemon that is gone has forgotten them already.
    releaseCommands: async (session) => {
      await releaseEnded(await link.existing(), session).catch((error: unknown) => {
        if (failureOf(error) === null) throw error;
      });
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
    agentFor: agents.agentFor,
    modelFor: agents.modelFor,
    onDelta: live.add,
    endProcesses: (session) => terminals.endAll(session),
    readHistory: recovery.readHistory,
    prepare: worktrees.prepare,
    wrapUp: worktrees.wrapUp,
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
    redact: (failure, key) => redactFailure(failure, [...secrets, key]),
  });
  const cutOff = known.sessions
    .filter((summary) => summary.turn?.status === "running")
    .map((summary) => summary.id);
  await sessions.resume();
  if (settings.current.resume === "auto") {
    for (const session of cutOff) await sessions.continue({ session });
  }

  return {
    get busy() {
      return sessions.busy;
    },
    get settings() {
      return settings.current;
    },
    terminals,
    services: {
      host: {
        info: () => ok({ version, pid: process.pid, dataDir: dir.root, sandbox }),
        credentials: (credentials) => {
          agents.use(credentials);
          secrets = [...knownSecrets(env), ...(credentials.apiKey ? [credentials.apiKey] : [])];
          redact = createRedactor({ secrets });
          return ok({});
        },
        openWeb: async (wish) => (options.openWeb ? options.openWeb(wish) : fail(NO_WEB)),
      },
      projects: {
        list: () => ok([...sessions.projects()]),
        add: sessions.addProject,
        addSample: async () => {
          const sample = await ensureSample(dir.root);
          return sample.ok ? sessions.addProject({ path: sample.value }) : sample;
        },
        browse: async ({ path }) => ok(await browse(path, env["HOME"] ?? homedir())),
      },
      sessions: { ...sessions, list: () => ok([...sessions.list()]) },
      terminals,
      settings: { get: () => ok(settings.current), set: settings.set },
      models: { list: (_, signal) => models.list(signal), test: models.test },
      fleet: { view: () => ok({ ...fleet.view(), settings: settings.current, cutOff }) },
      log: {
        read: async (query, signal) => ok(await readLog(log, query, signal)),
        session: async ({ session, afterSeq, limit }) => {
          const found = sessions.get({ session });
          if (!found.ok) return found;
          const events = await log.readStream(sessionStream(found.value.id), afterSeq, limit);
          return ok({ events: events.map(slim) });
        },
        live: async (query, signal) => ok({ pieces: await live.read(query, signal) }),
      },
    },
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

const redactFailure = (failure: Failure, secrets: readonly string[]): Failure =>
  storedFailure.parse(createRedactor({ secrets })(failure));

const NO_WEB = { code: "no_web", message: "This host has no web face." } as const;

function reportToStderr(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
