import { realpath } from "node:fs/promises";
import path from "node:path";
import type {
  CommandExit,
  CommandRefusal,
  CommandRequest,
  Commands,
  FinishedCommand,
  RunningCommand,
} from "#main/agent/agent.ts";
import type { DaemonClient } from "#main/daemon/client.ts";
import { decide } from "#main/policy/approvals.ts";
import type { Decision } from "#main/policy/approvals.ts";
import { blockedWrites } from "#main/policy/sandbox/blocked.ts";
import type { Sandbox, SandboxPolicy } from "#main/policy/sandbox/sandbox.ts";
import { sandboxCommand } from "#main/policy/sandbox/wrap.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { fail, failureOf, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { Event } from "#shared/session/events.ts";
import type { SandboxMode } from "#shared/session/items.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { asking, COMMAND_LOST, SILENT } from "./asking.ts";
import type { Asking } from "./asking.ts";
import { blockedHosts, sayBlocked } from "./blocked.ts";
import type { NoticedCommand } from "./blocked.ts";
import { storeOutput } from "./output.ts";
import { requestApproval } from "./person.ts";
import type { HeldPlace } from "./person.ts";
import type { SessionRecord } from "./record.ts";

/** The daemon keeps this much of a command's output until its turn has ended: half from its head, half from its tail. */
const KEEP_BYTES = 512 * 1024;

export interface CommandServices {
  daemon(): Promise<DaemonClient>;
  readonly sandbox: Sandbox;
  /** What a command of this session may touch in this mode. */
  policyFor(summary: SessionSummary, mode: SandboxMode, proxySocket: string): Promise<SandboxPolicy>;
  /** Hosts that confined commands may reach. */
  readonly allowHosts: readonly string[];
  /** The environment that a command's is chosen from. */
  readonly env: NodeJS.ProcessEnv;
  redact(text: string): string;
  putBlob(bytes: Uint8Array): Promise<{ hash: string }>;
  readHistory(session: string): Promise<readonly Event[]>;
}

/** The commands of one turn: policy, approval, sandbox, daemon, in this order. */
export function commandsFor(
  services: CommandServices,
  record: SessionRecord,
  turn: string,
  place: HeldPlace,
): Commands {
  const start = async (
    request: CommandRequest,
    signal: AbortSignal,
  ): Promise<Result<RunningCommand, CommandRefusal>> => {
    const { summary } = record;
    const cwd = await insideWorktree(summary, request.cwd);
    if (!cwd.ok) return cwd;
    const decision = decide({
      approval: summary.approval,
      sandbox: summary.sandbox,
      sandboxed: services.sandbox.kind !== "none",
      command: request.command,
      reads: request.reads,
      escalate: request.escalate,
    });
    const allowed = await allow(decision, request);
    if (!allowed.ok) return allowed;
    // Nobody has said no: the call counts as interrupted.
    signal.throwIfAborted();
    return spawn(services, record, request, { cwd: cwd.value, mode: allowed.value, stopped: signal });
  };

  /** Asks where the decision is to ask. Gives what the command runs in. */
  const allow = async (
    decision: Decision,
    request: CommandRequest,
  ): Promise<Result<SandboxMode | "none", CommandRefusal>> => {
    switch (decision.kind) {
      case "run":
        return ok(decision.sandbox);
      case "refuse":
        return fail(decision.failure);
      case "ask": {
        const asked = { item: request.item, action: request.command, reason: decision.reason };
        const answer = await place.whileAsking(() => requestApproval(record, turn, asked, place.signal));
        if (answer.approved) return ok(decision.sandbox);
        return fail({
          code: "denied",
          message: "The person said no.",
          ...(answer.note && { hint: answer.note }),
        });
      }
      default:
        return assertNever(decision);
    }
  };

  return {
    daemonInstance: async () => (await services.daemon()).instance,
    start,
    find: async (handle) => {
      const asked = asking(handle, services.daemon, await services.daemon(), place.signal);
      const state = await asked.ask((daemon) => daemon.state(handle));
      return state?.session === record.id
        ? running(services, record, asked, { handle }, record.summary.sandbox)
        : null;
    },
  };
}

/** The absolute folder that a command starts in. A symlink that leads out of the worktree is refused. */
async function insideWorktree(summary: SessionSummary, cwd: string): Promise<Result<string, "bad_cwd">> {
  const root = await realpath(summary.worktree ?? "").catch(() => null);
  const folder = root && (await realpath(path.join(root, cwd)).catch(() => null));
  if (root && folder && (folder === root || folder.startsWith(root + path.sep))) return ok(folder);
  return fail({ code: "bad_cwd", message: `The folder "${cwd}" is not in the worktree.` });
}

async function spawn(
  services: CommandServices,
  record: SessionRecord,
  request: CommandRequest,
  { cwd, mode, stopped }: { cwd: string; mode: SandboxMode | "none"; stopped: AbortSignal },
): Promise<Result<RunningCommand, CommandRefusal>> {
  try {
    const daemon = await services.daemon();
    const confined = mode === "read-only" || mode === "workspace-write";
    const policy = await services.policyFor(
      record.summary,
      mode === "none" ? "full-access" : mode,
      daemon.proxySocket(request.handle),
    );
    const wrapped = await sandboxCommand(services.sandbox, policy, {
      line: request.command,
      cwd,
      env: services.env,
    });
    const spec = {
      id: request.handle,
      session: record.id,
      ...wrapped,
      ...(confined && { network: { allow: services.allowHosts } }),
      keepBytes: KEEP_BYTES,
      input: request.stdin,
    };
    // A daemon that goes away now may have started it: that is no refusal.
    const asked = asking(spec.id, services.daemon, daemon, stopped);
    let attempts = 0;
    const started = await asked.ask((daemon) => {
      attempts += 1;
      return daemon.start(spec);
    });
    const startedBefore = !started.ok && started.failure.code === "exists" && attempts > 1;
    const { handle, item, command: line } = request;
    if (started.ok || startedBefore)
      return ok(running(services, record, asked, { handle, item, line }, mode));
    if (started.failure.code === "exists") return fail({ ...started.failure, code: "exists" });
    return fail({ ...started.failure, code: "daemon_unavailable" });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null || UNSURE.has(failure.code)) throw error;
    return fail({ ...failure, code: "daemon_unavailable" });
  }
}

/** Whether it was started is not known: that is no refusal. */
const UNSURE: ReadonlySet<string> = new Set([COMMAND_LOST.code, SILENT.code]);

function running(
  services: CommandServices,
  record: SessionRecord,
  { ask, follow }: Asking,
  command: NoticedCommand,
  sandbox: SandboxMode | "none",
): RunningCommand {
  const { handle } = command;
  return {
    handle,
    sandbox,
    read: (offset, maxBytes) => ask((daemon) => daemon.read(handle, offset, maxBytes)),
    watch: (onOutput) => follow((daemon) => daemon.watch(handle, onOutput)),
    exited: (signal) =>
      orAborted(
        ask((daemon) => daemon.exited(handle)),
        signal,
      ),
    // What is typed twice may do something else.
    write: (text) => ask((daemon) => daemon.write(handle, text), false),
    kill: () => ask((daemon) => daemon.kill(handle)),
    finish: async () => {
      const finished = await ask((daemon) => fetchResult(services, daemon, handle));
      await sayBlocked(record, services.readHistory, command, finished.blocked);
      return finished;
    },
  };
}

/**
 * Lets the daemon forget the commands of a session that have ended. Not those whose items are open: what became of them
 * is not in the log yet, and a daemon that has forgotten a command can't tell it from one that never ran. Of one that
 * the agent left running and never asked for again, what it was kept from is said here.
 */
export async function releaseEnded(
  daemon: DaemonClient | null,
  record: SessionRecord,
  readHistory: CommandServices["readHistory"],
): Promise<void> {
  if (daemon === null) return;
  const commands = await daemon.list();
  const open = new Set(
    record.summary.open.map(({ content }) => content.kind === "command" && content.handle),
  );
  const ended = commands.filter(
    ({ id, session, exit }) => session === record.id && exit !== null && !open.has(id),
  );
  const release = async ({ id, blocked }: (typeof ended)[number]): Promise<void> => {
    await sayBlocked(record, readHistory, { handle: id }, blockedHosts(blocked));
    await daemon.release(id);
  };
  await Promise.all(ended.map(release));
}

/** The result of a command that has ended: exit, output, and what the sandbox kept it from. */
export async function fetchResult(
  services: Pick<CommandServices, "redact" | "putBlob">,
  daemon: DaemonClient,
  handle: string,
): Promise<FinishedCommand> {
  const exit = await daemon.exited(handle);
  const { bytes, total } = await readKept(daemon, handle);
  const output = await storeOutput(bytes, total, services.redact, services.putBlob);
  const state = await daemon.state(handle);
  const network = blockedHosts(state?.blocked ?? []);
  const files = blockedWrites(new TextDecoder().decode(bytes), exit.exitCode ?? 1);
  return { exit, output, blocked: [...new Set([...network, ...files])] };
}

/** Reads what the daemon kept of an output: all of it, or its head and its tail with a line about what is between. */
async function readKept(daemon: DaemonClient, handle: string): Promise<{ bytes: Uint8Array; total: number }> {
  const pieces: Uint8Array[] = [];
  for (let offset = 0; ;) {
    const piece = await daemon.read(handle, offset, KEEP_BYTES);
    if (piece.offset > offset) {
      pieces.push(new TextEncoder().encode(`\n[… ${piece.offset - offset} bytes were not kept …]\n`));
    }
    pieces.push(piece.bytes);
    offset = piece.offset + piece.bytes.length;
    if (offset >= piece.total) return { bytes: Buffer.concat(pieces), total: piece.total };
  }
}

function orAborted(exited: Promise<CommandExit>, signal: AbortSignal): Promise<CommandExit | null> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => resolve(null);
    if (signal.aborted) aborted();
    signal.addEventListener("abort", aborted, { once: true });
    exited.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
  });
}
