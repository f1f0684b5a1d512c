/**
 * What can drive a session. An agent sees the world through `TurnPorts` alone: it writes events, starts commands and
 * asks the person through them, so that a test needs no network, no daemon and no git.
 */
import type { Event, EventBody } from "#shared/session/events.ts";
import type { ApprovalPolicy, OutputRef, SandboxMode } from "#shared/session/items.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";

export interface Agent {
  /** Runs one turn. Must not throw: every end is a `TurnEnd`; what throws anyway is a bug and fails the turn. */
  runTurn(turn: Turn, ports: TurnPorts): Promise<TurnEnd>;
}

export interface Turn {
  readonly session: string;
  readonly turn: string;
  /** The session's whole log so far, this turn's `turn.started` and the person's message included. */
  readonly history: readonly Event[];
  readonly model: string;
  readonly approval: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  /** False where no sandbox can be had here: each command is asked for, whatever the policy. */
  readonly sandboxed: boolean;
  /** Absolute path of the worktree; tools take paths relative to it. */
  readonly worktree: string;
  readonly branch: string;
  /** AGENTS.md of the project, read from the base; null where there is none. */
  readonly projectInstructions: string | null;
  /** How many requests to the model one turn may take. */
  readonly stepLimit: number;
  /** Aborted when the person stops the turn. Everything the agent waits for must end soon after. */
  readonly signal: AbortSignal;
}

export type TurnEnd =
  | { readonly kind: "completed" }
  | {
      readonly kind: "interrupted";
      readonly reason: EventBody<"turn.interrupted">["reason"];
      readonly text: string;
    }
  | { readonly kind: "failed"; readonly failure: Failure };

/** The events that an agent may write. Everything else is the session's. */
export type AgentEventType = "item.started" | "item.completed" | "plan.updated" | "usage.updated" | "notice";

/** A throw-away piece of a streaming item: `text` is appended to what the item showed so far. Never stored. */
export interface Delta {
  readonly item: string;
  readonly kind: "message" | "reasoning" | "output";
  readonly text: string;
}

export interface TurnPorts {
  /** Appends one event; resolves with it as stored (redacted) once it is on disk. Appends keep their order. */
  emit<Type extends AgentEventType>(type: Type, body: EventBody<Type>): Promise<Event<Type>>;
  delta(delta: Delta): void;
  /** Takes what the person steered with since the last call: texts in order, already logged as items by the session. */
  takeSteering(): Promise<readonly Event<"item.completed">[]>;
  /** Resolves when steering is waiting (at once if it already is), or when `signal` aborts. Ends a `shell` wait. */
  steered(signal: AbortSignal): Promise<void>;
  readonly commands: Commands;
  readonly files: WorktreeFiles;
  /** Asks the person; resolves with the answer. Rejects only by abort. */
  ask(request: { item: string; question: string; options?: readonly string[] }): Promise<string>;
  /** Asks for a yes or no on an action outside a command (commands are asked for by `commands.start`). */
  approve(request: {
    item: string;
    action: string;
    reason: string;
  }): Promise<{ approved: boolean; note?: string }>;
}

export interface CommandRequest {
  /** The item this command belongs to. */
  readonly item: string;
  /** The daemon's id for it: chosen by the agent and logged in `item.started` before the start, so nothing runs twice. */
  readonly handle: string;
  /** A shell line, run by `bash -c` (or `sh -c`). */
  readonly command: string;
  /** Relative to the worktree; empty for its root. */
  readonly cwd: string;
  /** Whether its input stays open to be written to. Closed, it is empty: many tools read a pipe where they get one. */
  readonly stdin: boolean;
  /** One of Oriel's own tools made it, and it only reads: it needs no question where there is a sandbox. */
  readonly reads?: true;
  /** The agent asks to run outside the sandbox, and says why. Always a question to the person under `on-request`. */
  readonly escalate?: { readonly reason: string };
}

export type CommandRefusal = "denied" | "never_policy" | "bad_cwd" | "daemon_unavailable" | "exists";

export interface Commands {
  /** The daemon instance that will be asked: logged with the intent. */
  daemonInstance(): Promise<string>;
  /** Policy, approval, sandbox, start. `denied` when the person said no (their note is in `failure.hint`). */
  start(request: CommandRequest, signal: AbortSignal): Promise<Result<RunningCommand, CommandRefusal>>;
  /** A command of this session that is still running or not yet fetched, by its handle. */
  find(handle: string): Promise<RunningCommand | null>;
}

export interface RunningCommand {
  readonly handle: string;
  readonly sandbox: SandboxMode | "none";
  /** Output so far, stdout and stderr as they came, from byte `offset`; `bytes` may be cut in the middle of a character. */
  read(offset: number, maxBytes: number): Promise<{ bytes: Uint8Array; offset: number; total: number }>;
  /** Calls `onOutput` for each piece from now on until the returned function is called. */
  watch(onOutput: (piece: Uint8Array) => void): () => void;
  /** Resolves at the end of the command, or with null when `signal` aborts first. */
  exited(signal: AbortSignal): Promise<CommandExit | null>;
  write(text: string): Promise<void>;
  /** Ends the whole process tree. */
  kill(): Promise<void>;
  /** After the exit: stores the output as a blob where it is large, frees the daemon's copy, says what was blocked. */
  finish(): Promise<FinishedCommand>;
}

export interface CommandExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
}

export interface FinishedCommand {
  readonly exit: CommandExit;
  readonly output: OutputRef;
  /** What the sandbox kept it from: `network example.com:443`, `write /etc/passwd`. Also logged as a notice. */
  readonly blocked: readonly string[];
}

export type FileRefusal =
  | "outside_worktree"
  | "not_found"
  | "not_a_file"
  | "too_large"
  | "exists"
  | "not_writable";

/** Files of the worktree. Paths are relative to it; a path or a symlink that leads out of it is refused, and noted. */
export interface WorktreeFiles {
  read(path: string, maxBytes: number): Promise<Result<Uint8Array, FileRefusal>>;
  /** Writes through a temporary file and a rename; keeps the mode of what was there. */
  write(path: string, bytes: Uint8Array): Promise<Result<void, FileRefusal>>;
  remove(path: string): Promise<Result<void, FileRefusal>>;
  move(from: string, to: string): Promise<Result<void, FileRefusal>>;
}
