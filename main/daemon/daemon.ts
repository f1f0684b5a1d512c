/** The daemon, whole: everything that it owns is owned here, and ends here. */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import path from "node:path";
import type { StartProxy } from "./command.ts";
import { createCommands } from "./commands.ts";
import { serveConnection } from "./connection.ts";
import { daemonFolder, makePrivateFolder, proxySocketPath, runtimeFolder, takeEndpoint } from "./endpoint.ts";
import { type Clock, systemClock, watchIdle } from "./idle.ts";
import type { Log } from "./log.ts";
import { createPipes } from "./pipes.ts";
import { endTree } from "./process-tree.ts";
import { createScreens } from "./screens.ts";
import { createTerminals } from "./terminals.ts";
import { ensureToken, readToken } from "./token.ts";
import { createVerbTable } from "./verb-table.ts";

export interface DaemonOptions {
  readonly stateDir: string;
  /** The app's version, told to clients. */
  readonly version: string;
  /** How long it stays after its last terminal, command and client. */
  readonly idleMs: number;
  readonly startProxy: StartProxy;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface Daemon extends AsyncDisposable {
  readonly instance: string;
  /** Resolves when nobody needs it any more, or a client has asked it to end; everything it ran has ended then. */
  readonly ended: Promise<void>;
}

/** Starts a daemon in this process, or null where one serves this data directory already. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon | null> {
  const { stateDir, log } = options;
  const folder = runtimeFolder(stateDir);
  makePrivateFolder(daemonFolder(stateDir));
  makePrivateFolder(folder);
  ensureToken(daemonFolder(stateDir));

  await using stack = new AsyncDisposableStack();
  const endpoint = await takeEndpoint(folder);
  if (!endpoint) return null;
  stack.use(endpoint);
  await endLeftovers(folder, log);

  const instance = `dmn_${randomBytes(9).toString("base64url")}`;
  const end = Promise.withResolvers<void>();
  let changed = (): void => {};
  const { commands, terminals } = createServices(stack, folder, options, () => changed());
  const sockets = stack.adopt(new Set<Socket>(), (open) => open.forEach((socket) => socket.destroySoon()));
  let clients = 0;
  const idle = watchIdle({
    activity: () => ({
      busy: clients + commands.running() + terminals.running(),
      unreleased: [...commands.unreleased(), ...terminals.unreleased()],
    }),
    idleMs: options.idleMs,
    clock: options.clock ?? systemClock,
    onIdle: end.resolve,
  });
  stack.use(idle);
  changed = () => idle.changed();

  const shutdown = async (): Promise<void> => {
    await Promise.all([commands[Symbol.asyncDispose](), terminals[Symbol.asyncDispose]()]);
    // After the answer has gone out.
    setImmediate(end.resolve);
  };
  const countClients = (more: 1 | -1) => () => {
    clients += more;
    changed();
  };
  const connection = {
    identity: { instance, pid: process.pid, version: options.version },
    token: () => readToken(daemonFolder(stateDir)),
    verbs: createVerbTable(commands, terminals, shutdown),
    onWelcome: countClients(1),
    onGone: countClients(-1),
  };
  endpoint.serve((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serveConnection(socket, connection);
  });
  log(`daemon ${instance} (${options.version}, pid ${process.pid}) serves ${folder}`);
  const owned = stack.move();
  return { instance, ended: end.promise, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** What runs here, owned by `stack`. */
function createServices(
  stack: AsyncDisposableStack,
  folder: string,
  { startProxy, log }: DaemonOptions,
  onChange: () => void,
) {
  const world = {
    pipes: stack.use(createPipes(folder)),
    startProxy,
    proxySocket: (command: string) => proxySocketPath(folder, command),
    markers: { ORIEL_DAEMON: markOf(folder) },
    log,
  };
  const screens = stack.use(createScreens(log));
  return {
    commands: stack.use(createCommands(world, onChange)),
    terminals: stack.use(createTerminals({ screens, log }, onChange)),
  };
}

const markOf = (folder: string): string => createHash("sha256").update(folder).digest("hex").slice(0, 16);

/** What a daemon that was killed left behind: its commands, whose output nobody can fetch any more, and its sockets. */
async function endLeftovers(folder: string, log: Log): Promise<void> {
  const left = await endTree({ marker: `ORIEL_DAEMON=${markOf(folder)}`, leader: null }, [], 0);
  if (left.length > 0) log(`could not end ${left.join(", ")} of an earlier daemon`);
  for (const name of readdirSync(folder)) {
    if (/^(px|pipe)-/.test(name)) rmSync(path.join(folder, name), { force: true });
  }
}
