/** The host's side of the daemon. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { FailureError, type Result, fail, failureOf, ok } from "#shared/kernel/failure.ts";
import { type Channel, openChannel } from "./channel.ts";
import {
  connectEndpoint,
  daemonFolder,
  makePrivateFolder,
  proxySocketPath,
  runtimeFolder,
} from "./endpoint.ts";
import { LOG_NAME, type LaunchOptions, launchDaemon } from "./launch.ts";
import {
  type CommandExit,
  type CommandSpec,
  type CommandState,
  MAX_READ_BYTES,
  type TerminalSpec,
  type TerminalState,
  type Verb,
  verbs,
} from "./protocol.ts";
import type { ScreenState } from "./screen.ts";
import { ensureToken, readToken } from "./token.ts";

export type {
  CommandExit,
  CommandSpec,
  CommandState,
  LaunchOptions,
  ScreenState,
  TerminalSpec,
  TerminalState,
};

export interface TerminalViewer {
  /** A whole screen: at first, and again whenever this viewer was too slow. Replaces all that was shown before. */
  onScreen(screen: ScreenState & { readonly offset: number }): void;
  /** Live bytes, from exactly the screen on; `offset` is the number of the first of them. */
  onOutput(bytes: Uint8Array, offset: number): void;
}

/**
 * A connection to the daemon. Every call throws FailureError: `daemon_gone` when the connection is lost (the daemon
 * may live: connect again), `unknown_command` or `unknown_terminal` for an id that was never started or is released.
 */
export interface DaemonClient extends AsyncDisposable {
  /** Unique to this daemon process. */
  readonly instance: string;
  readonly pid: number;
  /** The app's version that started the daemon. */
  readonly version: string;
  /** Resolves when the connection has ended, by whomever. */
  readonly closed: Promise<void>;
  /** Path of the command's proxy socket: the same before, while and after it runs. */
  proxySocket(command: string): string;

  start(spec: CommandSpec): Promise<Result<void, "exists" | "spawn_failed">>;
  list(): Promise<CommandState[]>;
  /** Null for an id that was never started here, or is released. */
  state(id: string): Promise<CommandState | null>;
  /**
   * Up to `maxBytes` (at most a megabyte) of the output from byte `offset` on. Where those were dropped, the answer's
   * `offset` says where it starts instead.
   */
  read(
    id: string,
    offset: number,
    maxBytes: number,
  ): Promise<{ bytes: Uint8Array; offset: number; total: number }>;
  /**
   * Calls back with each piece of output from now on (`offset`: the number of its first byte, so that it can be joined
   * to what `read` gave), until the returned function is called. A client too slow for a command is told the gap
   * instead of the bytes.
   */
  watch(
    id: string,
    onOutput: (bytes: Uint8Array, offset: number) => void,
    onGap?: (gap: { from: number; to: number }) => void,
  ): () => void;
  /** Resolves at the end of the command; by then its whole process tree is gone and its output is complete. */
  exited(id: string): Promise<CommandExit>;
  /** Throws `input_closed` (the command has ended or its input was closed) and `input_full` (it does not read). */
  write(id: string, text: string): Promise<void>;
  closeInput(id: string): Promise<void>;
  /** Ends the whole tree: SIGTERM, and SIGKILL two seconds later. Resolves when the exit is known. */
  kill(id: string): Promise<void>;
  /** Frees output and exit, at once or when the command ends. Starting the id again is still refused. */
  release(id: string): Promise<void>;

  openTerminal(spec: TerminalSpec): Promise<Result<void, "exists" | "spawn_failed">>;
  listTerminals(): Promise<TerminalState[]>;
  writeTerminal(id: string, text: string): Promise<void>;
  resizeTerminal(id: string, cols: number, rows: number): Promise<void>;
  /** Resolves, with a function that ends it, when the viewer is known; its first screen follows. */
  attachTerminal(id: string, viewer: TerminalViewer): Promise<() => void>;
  terminalExited(id: string): Promise<CommandExit>;
  /** Ends the whole tree and forgets the terminal; also after it has ended by itself. */
  killTerminal(id: string): Promise<void>;

  /** Ends every command and terminal, then the daemon. */
  shutdown(): Promise<void>;
}

/** How often a start is tried: two that start at once may both give way, and a daemon may end just then. */
const ATTEMPTS = 8;
const LOG_TAIL_BYTES = 4096;

/**
 * The daemon of this data directory: the running one, or a new one. Throws FailureError `daemon_refused` (wrong
 * token), `daemon_version`, `daemon_unavailable` (it can't be started, or does not answer), `daemon_folder_unsafe`.
 */
export async function ensureDaemon(options: LaunchOptions): Promise<DaemonClient> {
  const home = daemonFolder(options.stateDir);
  makePrivateFolder(home);
  ensureToken(home);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const client = await connectDaemon(options);
    if (client) return client;
    if ((await launchDaemon(options)) === "failed") break;
  }
  const log = await readFile(path.join(home, LOG_NAME), "utf8").catch(() => "");
  throw new FailureError({
    code: "daemon_unavailable",
    message: "The daemon could not be started.",
    hint: `See ${path.join(home, LOG_NAME)}.`,
    details: log.slice(-LOG_TAIL_BYTES),
  });
}

/** The running daemon of this data directory, or null. Starts and creates nothing. Throws as `ensureDaemon`. */
export async function connectDaemon({ stateDir }: { stateDir: string }): Promise<DaemonClient | null> {
  const folder = runtimeFolder(stateDir);
  const socket = await connectEndpoint(folder);
  if (!socket) return null;
  const channel = await openChannel(socket, readToken(daemonFolder(stateDir)) ?? "");
  return channel && createClient(channel, folder);
}

function createClient(channel: Channel, folder: string): DaemonClient {
  const ask = async <Input, Output>(verb: Verb<Input, Output>, input: Input): Promise<Output> =>
    (await channel.call(verb, input)).value;
  const tell = async <Input>(verb: Verb<Input, null>, input: Input): Promise<void> => {
    await channel.call(verb, input);
  };
  return {
    ...channel.identity,
    closed: channel.closed,
    proxySocket: (command) => proxySocketPath(folder, command),

    start: (spec) => startResult(tell(verbs.start, spec)),
    list: () => ask(verbs.list, null),
    state: (id) => ask(verbs.state, { id }),
    async read(id, offset, maxBytes) {
      const input = { id, offset, maxBytes: Math.min(maxBytes, MAX_READ_BYTES) };
      const { value, attachment } = await channel.call(verbs.read, input);
      return { ...value, bytes: attachment };
    },
    watch(id, onOutput, onGap) {
      const { accepted, end } = channel.subscribe(
        verbs.watch,
        { id },
        {
          onBytes: onOutput,
          onEvent: (event) => event.kind === "gap" && onGap?.(event),
        },
      );
      // A command that is unknown, or a daemon that is gone: nothing to watch, which `exited` tells.
      accepted.catch(() => {});
      return end;
    },
    exited: (id) => ask(verbs.exited, { id }),
    write: (id, text) => tell(verbs.write, { id, text }),
    closeInput: (id) => tell(verbs.closeInput, { id }),
    kill: (id) => tell(verbs.kill, { id }),
    release: (id) => tell(verbs.release, { id }),

    openTerminal: (spec) => startResult(tell(verbs.openTerminal, spec)),
    listTerminals: () => ask(verbs.listTerminals, null),
    writeTerminal: (id, text) => tell(verbs.writeTerminal, { id, text }),
    resizeTerminal: (id, cols, rows) => tell(verbs.resizeTerminal, { id, cols, rows }),
    async attachTerminal(id, viewer) {
      const { accepted, end } = channel.subscribe(
        verbs.attachTerminal,
        { id },
        {
          onBytes: (bytes, offset) => viewer.onOutput(bytes, offset),
          onEvent(event, attachment) {
            if (event.kind !== "screen") return;
            const { kind: _, ...facts } = event;
            viewer.onScreen({ ...facts, text: Buffer.from(attachment).toString("utf8") });
          },
        },
      );
      await accepted;
      return end;
    },
    terminalExited: (id) => ask(verbs.terminalExited, { id }),
    killTerminal: (id) => tell(verbs.killTerminal, { id }),

    shutdown: () => tell(verbs.shutdown, null),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

async function startResult(start: Promise<void>): Promise<Result<void, "exists" | "spawn_failed">> {
  try {
    return ok(await start);
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.code === "exists" || failure?.code === "spawn_failed") {
      return fail({ ...failure, code: failure.code });
    }
    throw error;
  }
}
