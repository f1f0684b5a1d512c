import type { SandboxMode } from "#shared/session/items.ts";

/** What confines commands on this machine. Found out once, by trying: see `detectSandbox`. */
export type Sandbox =
  | {
      readonly kind: "bubblewrap";
      /** Absolute path of `bwrap`. */
      readonly bwrap: string;
      /** Absolute path of `bash`, which runs the command lines. */
      readonly bash: string;
      /** Absolute path of `socat`, the bridge to the network proxy; null: no network for any confined command. */
      readonly socat: string | null;
      /** Further arguments for bubblewrap in confined modes, found to work here: see `HARDENING` in detect.ts. */
      readonly hardening: readonly string[];
      /** What this sandbox does not enforce here: one sentence each, for a person. */
      readonly limits: readonly string[];
    }
  | {
      readonly kind: "none";
      /** Why: one sentence for a person. */
      readonly reason: string;
      /** What the person can do about it. */
      readonly hint: string;
    };

/** What one session's commands may touch. All paths absolute. */
export interface SandboxPolicy {
  readonly mode: SandboxMode;
  readonly worktree: string;
  /** Folders that `workspace-write` may change: the worktree and the session's private git directory. */
  readonly writable: readonly string[];
  /** Files and folders in writable ones that stay as they are: what a program outside would obey. Those that exist. */
  readonly sealed: readonly string[];
  /**
   * Folders that must be readable although they may lie under /tmp or /run, which are masked: the person's repository,
   * whose objects the private one borrows.
   */
  readonly readable: readonly string[];
  /** Never visible, whatever the mode: `state/` of the data directory. */
  readonly hidden: readonly string[];
  /** A folder of this session alone, which exists; confined commands see it as /tmp. */
  readonly temp: string;
  /** The unix socket of the network proxy, or null for no network at all. */
  readonly proxySocket: string | null;
}

export interface SandboxedCommand {
  /** A shell line. */
  readonly line: string;
  /** Absolute; in the worktree. */
  readonly cwd: string;
  /** The environment it is chosen from: see `commandEnvironment`. */
  readonly env: NodeJS.ProcessEnv;
}

/** What to spawn. The environment is complete: nothing of the spawning process may be added. */
export interface WrappedCommand {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /**
   * Whether it looks at the pipe whose number is in ORIEL_LIFELINE before it does anything, and ends where the other
   * end of that is closed: who started it has died.
   */
  readonly lifeline?: boolean;
}
