import { homedir } from "node:os";
import type { HostServices } from "#main/gateway/services.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";
import type { Sandbox } from "#main/policy/sandbox/sandbox.ts";
import type { Log } from "#main/storage/log.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { sessionStream } from "#shared/session/events.ts";
import { wasCutOff } from "#shared/session/summary.ts";
import type { Agents } from "./agents.ts";
import { browse } from "./browse.ts";
import type { DaemonLink } from "./daemon-link.ts";
import type { Fleet } from "./fleet.ts";
import type { Live } from "./live.ts";
import { readLog, slim } from "./log-reader.ts";
import type { Models } from "./models.ts";
import { ensureSample } from "./sample.ts";
import type { SecretKeeper } from "./secret-keeper.ts";
import type { SessionService } from "./service.ts";
import type { SettingsService } from "./settings.ts";
import { countRunning, stopAll } from "./stop-all.ts";
import type { Terminals } from "./terminals.ts";

export interface VerbParts {
  readonly dir: DataDir;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly sandbox: Sandbox;
  readonly log: Log;
  readonly agents: Agents;
  readonly secrets: SecretKeeper;
  readonly sessions: SessionService;
  readonly link: DaemonLink;
  readonly terminals: Terminals;
  readonly settings: SettingsService;
  readonly models: Models;
  readonly fleet: Fleet;
  readonly live: Live;
  readonly web: Web | undefined;
  /** Ends this process in order, once who asked for it has the answer. */
  quit(): void;
}

/** The web face, of a host that has one. */
export interface Web {
  open(wish: {
    port?: number | undefined;
  }): Promise<Result<{ url: string; ticketUrl: string; notice: string | null }>>;
  /** How many sockets are connected. */
  readonly clients: number;
}

/** The contract's verbs, each from what does it. */
export function hostVerbs(parts: VerbParts): HostServices {
  const { dir, env, log, sessions, settings, models, fleet, live } = parts;
  return {
    host: hostArea(parts),
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
    terminals: parts.terminals,
    settings: { get: () => ok(settings.current), set: settings.set },
    models: { list: (_, signal) => models.list(signal), test: models.test },
    fleet: {
      view: () => {
        const view = fleet.view();
        const cutOff = view.sessions.filter(wasCutOff).map((session) => session.id);
        return ok({ ...view, settings: settings.current, cutOff });
      },
    },
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
  };
}

function hostArea(parts: VerbParts): HostServices["host"] {
  const { dir, version, sandbox, agents, secrets, web, link, sessions } = parts;
  const running = { stateDir: dir.state, link, sessions };
  return {
    info: () => {
      const startedAt = Math.round(performance.timeOrigin);
      return ok({
        version,
        pid: process.pid,
        startedAt,
        dataDir: dir.root,
        pages: web?.clients ?? 0,
        sandbox,
      });
    },
    credentials: (credentials) => {
      agents.use(credentials);
      secrets.learn(credentials.apiKey);
      return ok({});
    },
    openWeb: async (wish) => (web ? web.open(wish) : fail(NO_WEB)),
    running: async () => ok(await countRunning(running)),
    stopAll: async ({ quit }) => {
      const { problem, ...ended } = await stopAll(running, { forGood: quit });
      if (quit) parts.quit();
      return problem ? fail(problem) : ok(ended);
    },
  };
}

const NO_WEB = { code: "no_web", message: "This host has no web face." } as const;
