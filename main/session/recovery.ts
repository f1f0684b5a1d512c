import { setTimeout as sleep } from "node:timers/promises";
import { openItems, settleCall } from "#main/agent/oriel/settle.ts";
import type { CallOutcome } from "#main/agent/oriel/settle.ts";
import { outputFrom } from "#main/agent/tools/output-text.ts";
import type { DaemonClient } from "#main/daemon/client.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Event } from "#shared/session/events.ts";
import type { ItemContent } from "#shared/session/items.ts";
import { itemLine } from "#shared/session/summary.ts";
import { closing, expected } from "./asking.ts";
import { sayBlocked } from "./blocked.ts";
import { fetchResult } from "./commands.ts";
import type { CommandServices } from "./commands.ts";
import type { SessionRecord } from "./record.ts";

/** What recovery finds of an open item. */
type Found =
  | CallOutcome
  /** The command's daemon lives, as far as can be seen, and does not answer: the command may go on. */
  | { readonly kind: "silent" };

/** Between two tries to reach a daemon that does not answer, in ms. */
const SILENT_REST_MS = 1000;

export interface RecoveryServices extends Pick<CommandServices, "redact" | "putBlob" | "readHistory"> {
  /** The daemon that runs, or null; never starts one. */
  existingDaemon(): Promise<DaemonClient | null>;
  /** The daemon, started where none runs: it first ends what a killed one has left running. */
  daemon(): Promise<DaemonClient>;
  /** Lets the daemon forget what ended: all of it is in the log. */
  releaseCommands(record: SessionRecord): Promise<void>;
  report(error: unknown): void;
}

/**
 * Settles what a host that is gone left open, before anything else is done with the session: every open item gets its
 * end, approvals that nobody answered go stale, and the turn becomes interrupted. Does nothing twice. The same for a turn
 * that broke in this host, and that the person stops.
 */
export async function settle(
  record: SessionRecord,
  services: RecoveryServices,
  reason: "host_ended" | "stopped" = "host_ended",
): Promise<void> {
  const { turn, updatedAt: until } = record.summary;
  if (record.turn !== null || turn?.status !== "running") return;
  for (const approval of record.summary.approvals) {
    await record.append("approval.resolved", { approval: approval.id, decision: "stale" });
  }
  const history = await services.readHistory(record.id);
  const told: string[] = [];
  for (const started of openItems(history)) {
    const outcome = await outcomeOf(started, history, services);
    told.push(outcomeText(started.body.content, outcome));
    // A command that goes on stays open, until it ends or the next turn takes it over.
    if (outcome.kind === "running" || outcome.kind === "silent") attachLater(record, started, services);
    else await complete(record, started, outcome, services);
  }
  const first = reason === "stopped" ? "Stopped by you." : "Oriel ended in the middle of this turn.";
  const text = [first, ...told.filter(Boolean)].join(" ");
  await record.append("turn.interrupted", { turn: turn.id, reason, text, until });
  await services.releaseCommands(record);
}

/** Before the next turn: a command that outlived its own is left running, and the agent gets its handle. */
export async function settleOutlived(record: SessionRecord, services: RecoveryServices): Promise<void> {
  if (record.summary.open.length === 0) return;
  const history = await services.readHistory(record.id);
  for (const started of openItems(history)) {
    const outcome = await outcomeOf(started, history, services);
    await complete(record, started, outcome.kind === "silent" ? { kind: "unknown" } : outcome, services);
  }
}

/** The end of an item, and before it what the sandbox kept its command from: a host that dies in between says it once. */
async function complete(
  record: SessionRecord,
  started: Event<"item.started">,
  outcome: CallOutcome,
  services: RecoveryServices,
): Promise<void> {
  const { content, item } = started.body;
  if (content.kind === "command" && content.handle !== undefined && outcome.kind === "finished") {
    const command = { handle: content.handle, item, line: content.command };
    await sayBlocked(record, services.readHistory, command, outcome.blocked ?? []);
  }
  await record.append("item.completed", settleCall(started, outcome));
}

async function outcomeOf(
  started: Event<"item.started">,
  history: readonly Event[],
  services: RecoveryServices,
): Promise<Found> {
  const { content, item } = started.body;
  switch (content.kind) {
    case "command":
      return commandOutcome(content, services);
    case "file_change":
      return { kind: "unknown" };
    case "question": {
      const answered = history.find(
        (event) => event.type === "question.answered" && event.body.item === item,
      );
      return answered?.type === "question.answered"
        ? { kind: "answered", answer: answered.body.answer }
        : { kind: "never_ran" };
    }
    case "tool_call":
    case "message":
    case "reasoning":
    case "plan":
    case "notice":
      return { kind: "never_ran" };
    default:
      return assertNever(content);
  }
}

/** Only the daemon that was asked can know; of one that is gone, nobody does, and nothing of it may go on. */
async function commandOutcome(
  content: Extract<ItemContent, { kind: "command" }>,
  services: RecoveryServices,
): Promise<Found> {
  const { handle, daemon: asked } = content;
  if (handle === undefined) return { kind: "never_ran" };
  const existing = await services.existingDaemon().catch(silent);
  if (existing === "silent") return { kind: "silent" };
  // No daemon answered when the intent was logged, and none has started since.
  if (existing === null && asked === undefined) return { kind: "never_ran" };
  try {
    const known = (await existing?.state(handle)) ?? null;
    // What a dead daemon has left is for that of this version: an older one that still runs does not know of it.
    const daemon =
      existing && (known || existing.instance === asked) ? existing : await services.daemon().catch(silent);
    if (daemon === "silent") return { kind: "silent" };
    const state = known ?? (await daemon.state(handle));
    if (state === null) {
      // Another daemon would have it if the one that was to be asked had been gone by the time of the start.
      const wasAsked = asked === undefined || daemon.instance === asked;
      return { kind: wasAsked ? "never_ran" : "unknown" };
    }
    const { text } = await outputFrom({ read: (offset, bytes) => daemon.read(handle, offset, bytes) }, 0);
    if (state.exit === null) return { kind: "running", text };
    return { kind: "finished", text, ...(await fetchResult(services, daemon, handle)) };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    // A lost connection is not a lost daemon, nor is one that has stopped answering.
    const isSilent = failure.code === "daemon_gone" || failure.code === "daemon_unavailable";
    return { kind: isSilent ? "silent" : "unknown" };
  }
}

/** A daemon that lives and is not reached: where there is none, none is found and nothing fails. */
function silent(error: unknown): "silent" {
  expected(error);
  return "silent";
}

/** Waits for a command that outlived the host, and attaches its result, unless a new turn took it over meanwhile. */
function attachLater(
  record: SessionRecord,
  started: Event<"item.started">,
  services: RecoveryServices,
): void {
  const { content, item } = started.body;
  if (content.kind !== "command" || content.handle === undefined) return;
  const { handle } = content;
  /** Whether nobody else has taken it over. */
  const isOpen = (): boolean => record.summary.open.some((open) => open.item === item);
  const attach = (): Promise<void> =>
    record.exclusive(async () => {
      if (!isOpen()) return;
      const outcome = await commandOutcome(content, services);
      if (outcome.kind === "running" || outcome.kind === "silent") return;
      await complete(record, started, outcome, services);
      // A turn that runs may not have read the results of its own.
      if (record.turn === null) await services.releaseCommands(record);
    });
  const watch = async (): Promise<void> => {
    for (;;) {
      const daemon = await services.existingDaemon().catch(silent);
      if (daemon !== "silent") {
        // Where only the connection is lost the command goes on, and so does the wait.
        const exit = await daemon?.exited(handle).catch(expected);
        if (daemon && !exit) await closing(daemon);
        await attach();
      }
      if (!isOpen()) return;
      // It does not answer, or can't be started.
      if (daemon === null || daemon === "silent") await sleep(SILENT_REST_MS, undefined, { ref: false });
    }
  };
  watch().catch(services.report);
}

/** What is said of one open item in the turn's closing words: empty where nothing had an effect. */
function outcomeText(content: ItemContent, outcome: Found): string {
  if (content.kind === "file_change")
    return `Whether all of the patch was applied is not known: ${itemLine(content)}.`;
  if (content.kind !== "command") return "";
  const command = `\`${content.command.split("\n", 1)[0]?.slice(0, 80)}\``;
  switch (outcome.kind) {
    case "finished":
      return `${command} ended meanwhile with exit code ${outcome.exit.exitCode ?? outcome.exit.signal}; its output is attached.`;
    case "running":
      return `${command} was still running; its result is at its row once it has ended.`;
    case "silent":
      return `Whether ${command} still runs is not known: its process does not answer. Its result is at its row once it does.`;
    case "never_ran":
    case "answered":
      return `${command} had not begun.`;
    case "unknown":
      return `How far ${command} got is not known: look before it is run again.`;
    default:
      return assertNever(outcome);
  }
}
