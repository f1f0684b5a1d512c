/** A host with its project, model server and daemon, in one temporary folder: for tests of sessions as a person has them. */
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { ScriptedModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { Script } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { makeRepository } from "#main/git/testing/repositories.ts";
import { createHost, DAEMON_ENTRY } from "#main/host.ts";
import type { Host, HostOptions } from "#main/host.ts";
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openLog } from "#main/storage/log.ts";
import type { Log } from "#main/storage/log.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { NewSession } from "#shared/session/contract.ts";
import type { Event } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { readHistory } from "../history.ts";

export interface World extends AsyncDisposable {
  readonly root: string;
  readonly project: string;
  readonly dir: DataDir;
  readonly server: ScriptedModelServer;
  /** A host on the data directory; the one before must have ended. The world ends it where the test does not. */
  start(options?: Partial<HostOptions>): Promise<TestHost>;
}

export interface TestHost extends AsyncDisposable {
  readonly host: Host;
  /** Makes a session and gives its id. */
  create(wish?: Partial<NewSession>): Promise<string>;
  summary(session: string): Promise<SessionSummary>;
  /** Resolves with the summary once it is so. */
  until(session: string, when: (summary: SessionSummary) => boolean): Promise<SessionSummary>;
  history(session: string): Promise<readonly Event[]>;
}

export async function createWorld(script: Script): Promise<World> {
  const stack = new AsyncDisposableStack();
  const temp = stack.use(await tempDir());
  const root = `${temp.path}/data`;
  const dir = dataDir(root);
  createDataDir(dir);
  const project = await makeRepository(`${temp.path}/project`);
  const server = stack.use(await startModelServer(script));
  stack.defer(async () => {
    const daemon = await connectDaemon({ stateDir: dir.state });
    await daemon?.shutdown();
    await daemon?.closed;
  });
  return {
    root: temp.path,
    project,
    dir,
    server,
    start: async (options = {}) => {
      const host = await createHost({
        dir,
        env: { PATH: process.env["PATH"], HOME: temp.path, OPENAI_BASE_URL: server.url },
        version: "test",
        daemonEntry: DAEMON_ENTRY,
        ...options,
      });
      return stack.use(testHost(host, project, dir));
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function testHost(host: Host, project: string, dir: DataDir): TestHost {
  const { sessions, log } = host.services;
  const summary = async (session: string) => valueOf(await sessions.get({ session }));
  let ended: Promise<void> | null = null;
  return {
    host,
    create: async (wish = {}) => {
      const session = {
        task: "Do it",
        agent: "oriel",
        approval: "on-request",
        sandbox: "workspace-write",
      } as const;
      const made = valueOf(await sessions.create({ project, sessions: [{ ...session, ...wish }] }));
      return made.sessions[0]?.id ?? "";
    },
    summary,
    until: async (session, when) => {
      for (let after = 0; ;) {
        const now = await summary(session);
        if (when(now)) return now;
        const query = { after, sessions: [session], limit: 1000, slim: true, waitMs: 30_000 };
        after = valueOf(await log.read(query)).cursor;
      }
    },
    history: async (session) => {
      await using reader: Log = await openLog({ dir: dir.state, readOnly: true });
      return await readHistory(reader, session);
    },
    [Symbol.asyncDispose]: () => (ended ??= Promise.resolve(host[Symbol.asyncDispose]())),
  };
}

export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Error(`${result.failure.code}: ${result.failure.message} ${result.failure.details ?? ""}`);
}

/** Whether the last turn has ended. */
export const isOver = ({ turn }: SessionSummary): boolean => turn !== null && turn.status !== "running";
