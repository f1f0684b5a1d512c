/** The daemon, whole: everything that it owns is owned here, and ends here. */
import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import path from "node:path";
import type { StartProxy } from "./command.ts";
import { createCommands } from "./commands.ts";
import { serveConnection } from "./connection.ts";
import {
  daemonFolder,
  daemonTags,
  forgetTag,
  makePrivateFolder,
  proxySocketPath,
  runtimeFolder,
  tagOf,
  takeEndpoint,
} from "./endpoint.ts";
import { type Clock, systemClock, watchIdle } from "./idle.ts";
import type { Log } from "./log.ts";
import { COMMANDS_OF, TERMINALS_OF, placeMark } from "./markers.ts";
import { pastCommand } from "./past-command.ts";
import { pastFinder } from "./past-files.ts";
import { pastTerminal } from "./past-terminal.ts";
import { createPipes } from "./pipes.ts";
import { endTree } from "./process-tree.ts";
import { createScreens } from "./screens.ts";
import { type ShellFiles, writeShellFiles } from "./shell-integration.ts";
import { createTerminals } from "./terminals.ts";
import { ensureToken, readToken } from "./token.ts";
import { createVerbTable } from "./verb-table.ts";

export interface DaemonOptions {
  readonly stateDir: string;
  /** The app's version, told to clients. */
  readonly version: string;
  /** How long it stays after its last living terminal, running command and client. A minute unless told. */
  readonly idleMs?: number;
  readonly startProxy: StartProxy;
  readonly log: Log;
  readonly clock?: Clock;
}

export interface Daemon extends AsyncDisposable {
  readonly instance: string;
  /** Resolves when nobody needs it any more, or a client has asked it to end; everything it ran has ended then. */
  readonly ended: Promise<void>;
}

const IDLE_MS = 60_000;

/** Starts a daemon in this process, or null where one of its version serves this data directory already. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon | null> {
  const { stateDir, log } = options;
  const folder = runtimeFolder(stateDir);
  makePrivateFolder(daemonFolder(stateDir));
  makePrivateFolder(folder);
  ensureToken(daemonFolder(stateDir));

  await using stack = new AsyncDisposableStack();
  const endpoint = await takeEndpoint(folder, options.version);
  if (!endpoint) return null;
  stack.use(endpoint);
  await endLeftovers(folder, tagOf(options.version), log);

  // Who is connected is left alone until all has been ended and saved: whoever comes then finds the next daemon.
  const sockets = stack.adopt(new Set<Socket>(), (open) => open.forEach((socket) => socket.destroySoon()));
  const instance = `dmn_${randomBytes(9).toString("base64url")}`;
  const end = Promise.withResolvers<void>();
  let changed = (): void => {};
  const { commands, terminals } = createServices(stack, folder, options, () => changed());
  let clients = 0;
  const idle = watchIdle({
    busy: () => clients + commands.busy() + terminals.running(),
    idleMs: options.idleMs ?? IDLE_MS,
    clock: options.clock ?? systemClock,
    onIdle: end.resolve,
  });
  stack.use(idle);
  changed = () => {
    if (clients === 0) commands.save();
    idle.changed();
  };

  /** From the first step of its end on it welcomes nobody: who comes waits for the last, and finds the next daemon. */
  let ending = false;
  const shutdown = async (): Promise<void> => {
    ending = true;
    try {
      await Promise.all([commands[Symbol.asyncDispose](), terminals.killAll()]);
    } finally {
      // After the answer has gone out.
      setImmediate(end.resolve);
    }
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
    if (ending) socket.on("error", () => socket.destroy());
    else serveConnection(socket, connection);
  });
  log(`daemon ${instance} (${options.version}, pid ${process.pid}) serves ${folder}`);
  const owned = stack.move();
  return {
    instance,
    ended: end.promise,
    [Symbol.asyncDispose]() {
      ending = true;
      return owned.disposeAsync();
    },
  };
}

/** What runs here, owned by `stack`. */
function createServices(
  stack: AsyncDisposableStack,
  folder: string,
  { stateDir, version, startProxy, log }: DaemonOptions,
  onChange: () => void,
) {
  const tag = tagOf(version) || "all";
  const terminalsFolder = path.join(daemonFolder(stateDir), "terminals", tag);
  const resultsFolder = path.join(daemonFolder(stateDir), "results", tag);
  for (const own of [terminalsFolder, resultsFolder]) makePrivateFolder(own);
  const world = {
    pipes: stack.use(createPipes(folder)),
    startProxy,
    proxySocket: (command: string) => proxySocketPath(folder, command),
    markers: { [COMMANDS_OF]: placeMark(folder, tagOf(version)) },
    log,
  };
  const terminalWorld = {
    screens: stack.use(createScreens(log)),
    log,
    folder: terminalsFolder,
    markers: { [TERMINALS_OF]: placeMark(folder) },
    shellFiles: shellFilesIn(path.join(daemonFolder(stateDir), "shells", tag), log),
  };
  const alive = async () => (await daemonTags(folder)).alive;
  const pastCommands = pastFinder(resultsFolder, alive, pastCommand);
  const pastTerminals = pastFinder(terminalsFolder, alive, pastTerminal);
  return {
    commands: stack.use(createCommands(world, resultsFolder, pastCommands, onChange)),
    terminals: stack.use(createTerminals(terminalWorld, pastTerminals, onChange)),
  };
}

/** Null where the disk takes none: shells start all the same. */
function shellFilesIn(folder: string, log: Log): ShellFiles | null {
  try {
    return writeShellFiles(folder);
  } catch (error) {
    log(`shells make no marks: ${String(error)}`);
    return null;
  }
}

/**
 * What daemons that were killed left behind: their commands, whose output nobody can fetch any more, and their sockets.
 * Not what their terminals left: that is the person's, to be listed and ended (leftovers.ts).
 */
async function endLeftovers(folder: string, ownTag: string, log: Log): Promise<void> {
  const { dead, alive } = await daemonTags(folder);
  for (const tag of new Set([ownTag, ...dead])) {
    const left = await endTree({ marker: `${COMMANDS_OF}=${placeMark(folder, tag)}`, leader: null }, [], 0);
    if (left.length > 0) log(`could not end ${left.join(", ")} of an earlier daemon`);
    if (tag !== ownTag) await forgetTag(folder, tag);
  }
  // Those of a daemon that lives look no different.
  if (alive.some((tag) => tag !== ownTag)) return;
  for (const name of readdirSync(folder)) {
    if (/^(px|pipe)-/.test(name)) rmSync(path.join(folder, name), { force: true });
  }
}
