/** The host's side of the daemon. */
import type { Result } from "#shared/kernel/failure.ts";
import type { LaunchOptions } from "./launch.ts";
import type {
  CommandExit,
  CommandMark,
  CommandSpec,
  CommandState,
  TerminalSpec,
  TerminalState,
} from "./protocol.ts";
import type { ScreenState } from "./screen.ts";
import type { TypedPlace } from "./typed.ts";

export { connectDaemon, ensureDaemon } from "./connect.ts";
export { endLeftovers, findLeftovers, type Leftover } from "./leftovers.ts";
export type {
  CommandExit,
  CommandMark,
  CommandSpec,
  CommandState,
  LaunchOptions,
  ScreenState,
  TerminalSpec,
  TerminalState,
  TypedPlace,
};

export interface TerminalViewer {
  /** A screen: at first, and again whenever this viewer was too slow. Replaces all that was shown before. */
  onScreen(screen: ScreenState & { readonly offset: number }): void;
  /** Live bytes, from exactly the screen on; `offset` is the number of the first of them. */
  onOutput(bytes: Uint8Array, offset: number): void;
  /** The connection to the daemon was lost: no more comes. */
  onGone?(failure: Error): void;
}

/**
 * A connection to the daemon, and to those of other versions that still have something: what is new goes to the daemon
 * of this version, the rest to the one that has it. Every call throws FailureError: `daemon_gone` when the connection is lost (the daemon
 * may live: connect again), `unknown_command` or `unknown_terminal` for an id that was never started or is released.
 */
export interface DaemonClient extends AsyncDisposable {
  /** Unique to this daemon process: the one of this version, where it runs. */
  readonly instance: string;
  readonly pid: number;
  /** The app's version that started the daemon. */
  readonly version: string;
  /** Resolves when the connection has ended, by whomever. */
  readonly closed: Promise<void>;
  /** Starts the daemon of this version where only older ones run: what is new goes to it, and what dead ones left. */
  startOwn(): Promise<void>;
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

  /**
   * With `restore`, its screen begins with the one that a dead daemon left (`lost` in its state), which it replaces: its
   * id may be the same.
   */
  openTerminal(spec: TerminalSpec): Promise<Result<void, "exists" | "spawn_failed">>;
  /** Those of dead daemons too, with their exit: `lost` where it was the daemon's death. */
  listTerminals(): Promise<TerminalState[]>;
  /**
   * Resolves when the pty has it, or little waits for the program to read. With a place, what the writer has typed before
   * is not typed again; throws `input_gap` where something before it never came, and `input_full`, with nothing of it
   * typed, where the program has not read for so long that no more can be kept for it.
   */
  writeTerminal(id: string, text: string, place?: TypedPlace): Promise<void>;
  /** How many bytes of `writer` the shell has got; 0 from a daemon that does not count. */
  terminalTyped(id: string, writer: string): Promise<{ offset: number }>;
  resizeTerminal(id: string, cols: number, rows: number): Promise<void>;
  /**
   * Drops screen and scrollback but for the line with the cursor, on the disk too, and shows every viewer what is left.
   * A full-screen program's screen stays. Nothing is done by a daemon that does not know how.
   */
  clearTerminal(id: string): Promise<void>;
  /**
   * Resolves, with a function that ends it, when the viewer is known; its first screen follows. `short`: its screens have
   * only the last lines of the scrollback, where the daemon knows how.
   */
  attachTerminal(id: string, viewer: TerminalViewer, short?: boolean): Promise<() => void>;
  terminalExited(id: string): Promise<CommandExit>;
  /** Ends the whole tree and forgets the terminal; also after it has ended by itself. */
  killTerminal(id: string): Promise<void>;

  /** Ends every command and terminal, then the daemon. */
  shutdown(): Promise<void>;
}
