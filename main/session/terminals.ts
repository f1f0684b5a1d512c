import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import path from "node:path";
import type { DaemonClient, TerminalState, TerminalViewer, TypedPlace } from "#main/daemon/client.ts";
import { fail, failureOf, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { TerminalSummary } from "#shared/session/contract.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { closing } from "./asking.ts";
import type { DaemonLink } from "./daemon-link.ts";

/** A terminal as one viewer sees it. Its calls throw FailureError where the daemon or the terminal is gone. */
export interface AttachedTerminal {
  /**
   * Shows the screen and what follows, until the returned function is called. May be called again after that. `short`:
   * screens have only the last lines of the scrollback.
   */
  view(viewer: TerminalViewer, short?: boolean): Promise<() => void>;
  /** Resolves when the shell has it; with a place, only what the writer has not typed before. Throws `input_gap`. */
  write(text: string, place?: TypedPlace): Promise<void>;
  /** Its shell's name: another one after each start. From a daemon that names none, another one each time. */
  readonly shell: string;
  /** How many bytes of `writer` the shell has got. */
  typed(writer: string): Promise<{ offset: number }>;
  resize(cols: number, rows: number): Promise<void>;
  /** Drops screen and scrollback but for the line with the cursor; every viewer is shown what is left. */
  clear(): Promise<void>;
  /** The exit code of its shell. Rejects when the daemon is gone. */
  readonly exited: Promise<number>;
}

/** The person's shells in the sessions' worktrees. The daemon owns them, so that they outlive the host. */
export interface Terminals {
  open(input: { session: string; cols: number; rows: number }): Promise<Result<TerminalSummary>>;
  list(input: { session?: string | undefined }): Promise<Result<TerminalSummary[]>>;
  close(input: { terminal: string }): Promise<Result<Record<string, never>>>;
  attach(terminal: string): Promise<Result<AttachedTerminal>>;
  /**
   * Ends all terminals and commands of a session, before its worktree is moved; the daemon forgets them. Also what a daemon
   * that is gone left of them.
   */
  endAll(session: string): Promise<void>;
}

const MAX_TRIES = 5;

type Place = Pick<SessionSummary, "id" | "worktree" | "trash">;

export interface TerminalServices {
  readonly link: Pick<DaemonLink, "daemon" | "existing" | "keeper">;
  readonly env: NodeJS.ProcessEnv;
  session(id: string): Result<Place>;
}

export function createTerminals({ link, env, session: find }: TerminalServices): Terminals {
  /** One question to the daemon for each terminal that was looked at, however many viewers come and go. */
  const exits = new Map<string, Promise<number>>();
  const exitOf = (daemon: DaemonClient, id: string): Promise<number> => {
    const exited = exits.get(id) ?? daemon.terminalExited(id).then(exitCodeOf);
    exits.set(id, exited);
    const forget = (): void => void exits.delete(id);
    // Whoever does not wait for it does not need to know that the daemon is gone.
    exited.then(forget, forget);
    return exited;
  };

  const shellIn = (session: string, worktree: string) => ({
    session,
    argv: shellOf(env),
    cwd: worktree,
    env: { ...shellEnv(env), PWD: worktree },
  });
  /** A shell is started once, however many ask for its terminal. */
  const reviving = new Map<string, Promise<unknown>>();
  const revive = (daemon: DaemonClient, { id, session, cols, rows }: TerminalState): Promise<unknown> => {
    const found = find(session);
    // Without a worktree there is no place for a shell: its screen can still be read.
    if (!found.ok || !hasWorktree(found.value)) return Promise.resolve();
    const spec = { ...shellIn(session, found.value.worktree), id, cols, rows, restore: id };
    const revived = reviving.get(id) ?? daemon.openTerminal(spec).finally(() => reviving.delete(id));
    reviving.set(id, revived);
    return revived;
  };
  /** What the daemon has. Terminals that a dead one left have a shell again, under what they showed and a line that says so. */
  const statesOf = async (daemon: DaemonClient | null): Promise<TerminalState[]> => {
    const states = (await daemon?.listTerminals()) ?? [];
    const lost = states.filter((state) => state.lost);
    if (!daemon || lost.length === 0) return states;
    await Promise.all(lost.map((state) => revive(daemon, state)));
    return daemon.listTerminals();
  };

  /** Where the daemon dies while it is asked, the next one is: for what may be asked twice. */
  const ask = async <Daemon extends DaemonClient | null, Answer>(
    find: () => Promise<Daemon>,
    question: (daemon: Daemon) => Promise<Answer>,
  ): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      const daemon = await find();
      try {
        return await question(daemon);
      } catch (error) {
        if (failureOf(error)?.code !== "daemon_gone" || tries === MAX_TRIES) throw error;
        // Its calls fail a moment before the connection counts as closed: until then it would be found again.
        if (daemon) await closing(daemon);
      }
    }
  };

  return {
    open: async ({ session, cols, rows }) => {
      const found = find(session);
      if (!found.ok) return found;
      const { id: owner, worktree, trash } = found.value;
      if (trash !== null) return fail(ARCHIVED);
      if (worktree === null) return fail(NO_WORKTREE);
      const id = newId("trm");
      const size = { cols, rows };
      const shell = shellIn(owner, worktree);
      const opened = await ask(link.daemon, (daemon) => daemon.openTerminal({ id, ...shell, ...size }));
      // The one that was asked before has it, and only the connection was lost.
      if (!opened.ok && opened.failure.code !== "exists") return opened;
      const now = find(session);
      // Archived meanwhile: its processes have ended, but this one came behind.
      if (!now.ok || !hasWorktree(now.value)) {
        await ask(link.daemon, (daemon) => daemon.killTerminal(id));
        return fail(ARCHIVED);
      }
      return ok({ id, session: owner, title: shellName(shell.argv), ...size, exitCode: null });
    },
    list: async ({ session }) => {
      const found = session === undefined ? null : find(session);
      if (found && !found.ok) return found;
      // Only a daemon knows what a dead one left, and who looks at a session's terminals wants to go on there.
      const start = found !== null && hasWorktree(found.value);
      const states = await ask(start ? link.daemon : link.existing, statesOf);
      return ok(states.filter((state) => !found || state.session === found.value.id).map(summaryOf));
    },
    close: async ({ terminal }) => {
      // Only a daemon knows what a dead one left, and forgets it.
      await ask(link.daemon, (daemon) => daemon.killTerminal(terminal));
      return ok({});
    },
    attach: async (terminal) => {
      // The daemon may have died under a window that shows the terminal, and comes back for it.
      const { daemon, states } = await ask(link.daemon, async (daemon) => ({
        daemon,
        states: await statesOf(daemon),
      }));
      const state = states.find(({ id }) => id === terminal);
      if (!state) return fail(unknown(terminal));
      return ok({
        shell: state.shell ?? randomUUID(),
        view: (viewer, short) => daemon.attachTerminal(terminal, viewer, short),
        write: (text, place) => daemon.writeTerminal(terminal, text, place),
        typed: (writer) => daemon.terminalTyped(terminal, writer),
        resize: (cols, rows) => daemon.resizeTerminal(terminal, cols, rows),
        clear: () => daemon.clearTerminal(terminal),
        exited: exitOf(daemon, terminal),
      });
    },
    endAll: async (session) => {
      const daemon = await link.keeper();
      if (!daemon) return;
      const [terminals, commands] = await Promise.all([daemon.listTerminals(), daemon.list()]);
      await Promise.all([
        ...terminals.filter((state) => state.session === session).map(({ id }) => daemon.killTerminal(id)),
        ...commands
          .filter((state) => state.session === session)
          .map(async ({ id, exit }) => {
            if (exit === null) await daemon.kill(id);
            await daemon.release(id);
          }),
      ]);
    },
  };
}

const hasWorktree = (session: Place): session is Place & { readonly worktree: string } =>
  session.worktree !== null && session.trash === null;

function summaryOf({ id, session, title, argv, cols, rows, exit }: TerminalState): TerminalSummary {
  return { id, session, title: title || shellName(argv), cols, rows, exitCode: exit && exitCodeOf(exit) };
}

/** As a shell reports it: a program that a signal ended has 128 more than the signal's number. */
function exitCodeOf(exit: { readonly exitCode: number | null; readonly signal: string | null }): number {
  if (exit.exitCode !== null) return exit.exitCode;
  const number = Object.entries(constants.signals).find(([name]) => name === exit.signal)?.[1] ?? 0;
  return 128 + number;
}

const shellName = (argv: readonly string[]): string => path.basename(argv[0] ?? "shell");

/** The person's own shell. On macOS a login shell, as every terminal there starts one: PATH comes from its profile. */
export function shellOf(env: NodeJS.ProcessEnv, platform = process.platform): string[] {
  if (platform === "win32") return [env["COMSPEC"] ?? "cmd.exe"];
  const shell = env["SHELL"]?.startsWith("/") ? env["SHELL"] : "/bin/bash";
  return platform === "darwin" ? [shell, "-l"] : [shell];
}

/** What told programs about the terminal that Oriel was started in, or about another repository. */
const OF_ANOTHER_PLACE =
  /^(TERM|TERM_PROGRAM|TERM_PROGRAM_VERSION|TERM_SESSION_ID|COLORTERM|COLUMNS|LINES|TMUX|TMUX_PANE|STY|WINDOWID|WT_SESSION|VTE_VERSION|KITTY_.*|ITERM_.*|OLDPWD|SHLVL|_|GIT_(DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES)|ORIEL_.*|ELECTRON_RUN_AS_NODE)$/;
/** A key that a model provider's tools look for: what runs in a worktree has no business with it. */
const MODEL_KEY =
  /^[A-Z0-9_]*(OPENAI|ANTHROPIC|CLAUDE|GEMINI|MISTRAL|XAI|GROQ|OPENROUTER|DEEPSEEK)[A-Z0-9_]*(KEY|TOKEN)$/;

/** The person's environment as a terminal of its own would have it, without the keys of model providers. */
export function shellEnv(env: NodeJS.ProcessEnv, platform = process.platform): Record<string, string> {
  const kept = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined || OF_ANOTHER_PLACE.test(name) || MODEL_KEY.test(name) ? [] : [[name, value]],
  );
  return {
    ...Object.fromEntries(kept),
    ...withoutFsmonitor(env),
    ...locale(env, platform),
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    TERM_PROGRAM: "Oriel",
  };
}

/**
 * In a repository that an agent made inside the worktree, `git status` would start what its `core.fsmonitor` names; so
 * would the prompt, and `git status` of the worktree, which looks into it. Goes behind what the person set in this way.
 */
function withoutFsmonitor(env: NodeJS.ProcessEnv): Record<string, string> {
  const count = Number(env["GIT_CONFIG_COUNT"]) || 0;
  return {
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: "core.fsmonitor",
    [`GIT_CONFIG_VALUE_${count}`]: "false",
  };
}

/** What a desktop starts has no locale on macOS, and a service nowhere: a shell without one beeps at every umlaut. */
function locale(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): Record<string, string> {
  if (platform === "win32" || env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"]) return {};
  return { LANG: platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8" };
}

const unknown = (terminal: string) => ({
  code: "unknown_terminal",
  message: `There is no terminal ${terminal.slice(0, 60)}.`,
  hint: "It was closed, or the machine was restarted. Open a new one.",
});

const ARCHIVED = {
  code: "session_archived",
  message: "The session is archived.",
  hint: "Restore it first.",
} as const;
const NO_WORKTREE = {
  code: "no_worktree",
  message: "The session has no worktree yet.",
  hint: "Open the terminal when the worktree is ready.",
} as const;
