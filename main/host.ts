/** The one place that wires the services together. */
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { HostServices } from "./gateway/services.ts";
import { readBaseFile } from "./git/base-file.ts";
import { inspectProject } from "./git/inspect.ts";
import { openSession, writablePaths } from "./git/session-git.ts";
import { runtimeFolder } from "./daemon/endpoint.ts";
import type { DataDir } from "./kernel/data-dir.ts";
import { createAgents } from "./session/agents.ts";
import { commandsFor } from "./session/commands.ts";
import type { CommandServices } from "./session/commands.ts";
import { createDaemonLink } from "./session/daemon-link.ts";
import { filesFor } from "./session/files.ts";
import { readHistory } from "./session/history.ts";
import { readLog } from "./session/log-reader.ts";
import { createPlaces } from "./session/places.ts";
import type { RecoveryServices } from "./session/recovery.ts";
import { createSessionService } from "./session/service.ts";
import type { SessionServices } from "./session/service.ts";
import { worktreeOf } from "./session/turn.ts";
import { createWorktrees } from "./session/worktrees.ts";
import { detectSandbox } from "./policy/sandbox/detect.ts";
import { createRedactor, knownSecrets } from "./policy/secrets.ts";
import { openLog } from "./storage/log.ts";
import type { Log, LogOptions } from "./storage/log.ts";
import { ok } from "#shared/kernel/failure.ts";

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
  /** Where surprises go that no caller is left for. */
  readonly report?: (error: unknown) => void;
}

export interface Host extends AsyncDisposable {
  readonly services: HostServices;
  /** Whether a turn runs or waits. */
  readonly busy: boolean;
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
  let redact = createRedactor({ secrets: knownSecrets(env) });
  const redactText = (text: string): string => String(redact(text));
  const log = await (options.open ?? openLog)({ dir: dir.state, redact: (value) => redact(value) });
  const link = createDaemonLink({ stateDir: dir.state, entry: options.daemonEntry, version });
  const sandbox = await detectSandbox();
  const worktrees = createWorktrees(dir);

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
    report,
  };
  const services: SessionServices = {
    log,
    now,
    worktrees,
    recovery,
    places: createPlaces(options.places ?? availableParallelism() * 2),
    stepLimit: STEP_LIMIT,
    sandboxed: sandbox.kind !== "none",
    inspectProject,
    chooseModel: agents.chooseModel,
    agentFor: agents.agentFor,
    readHistory: recovery.readHistory,
    prepare: worktrees.prepare,
    wrapUp: worktrees.wrapUp,
    projectInstructions: async (record) => {
      const git = await openSession(dir.root, record.id);
      return git.ok ? readBaseFile(git.value, "AGENTS.md", INSTRUCTION_BYTES) : null;
    },
    commandsFor: (record, turn, place) => commandsFor(commands, record, turn, place),
    filesFor: (record) => filesFor(record, worktreeOf(record.summary)),
    report,
  };
  const sessions = createSessionService(services, { sessions: await log.sessions(), projects: await log.projects() });
  await sessions.resume();

  return {
    get busy() {
      return sessions.busy;
    },
    services: {
      host: {
        info: () => ok({ version, pid: process.pid, dataDir: dir.root, sandbox }),
        credentials: (credentials) => {
          agents.use(credentials);
          const secrets = [...knownSecrets(env), ...(credentials.apiKey ? [credentials.apiKey] : [])];
          redact = createRedactor({ secrets });
          return ok({});
        },
      },
      projects: { list: () => ok([...sessions.projects()]), add: sessions.addProject },
      sessions: { ...sessions, list: () => ok([...sessions.list()]) },
      log: { read: async (query, signal) => ok(await readLog(log, query, signal)) },
    },
    [Symbol.asyncDispose]: async () => {
      await sessions.stopAll();
      await agents[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
    },
  };
}

function reportToStderr(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}
