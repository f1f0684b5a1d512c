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
import { fetchResult } from "./commands.ts";
import type { CommandServices } from "./commands.ts";
import type { SessionRecord } from "./record.ts";

export interface RecoveryServices extends Pick<CommandServices, "redact" | "putBlob"> {
  /** The daemon that runs, or null; never starts one. */
  existingDaemon(): Promise<DaemonClient | null>;
  /** The daemon, started where none runs: it first ends what a killed one has left running. */
  daemon(): Promise<DaemonClient>;
  readHistory(session: string): Promise<readonly Event[]>;
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
    if (outcome.kind === "running") attachLater(record, started, services);
    else await record.append("item.completed", settleCall(started, outcome));
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
    await record.append("item.completed", settleCall(started, outcome));
  }
}

async function outcomeOf(
  started: Event<"item.started">,
  history: readonly Event[],
  services: RecoveryServices,
): Promise<CallOutcome> {
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
): Promise<CallOutcome> {
  const { handle, daemon: asked } = content;
  if (handle === undefined) return { kind: "never_ran" };
  try {
    const existing = await services.existingDaemon();
    // No daemon answered when the intent was logged, and none has started since.
    if (existing === null && asked === undefined) return { kind: "never_ran" };
    const daemon = existing ?? (await services.daemon());
    const state = await daemon.state(handle);
    if (state === null) {
      // Another daemon would have it if the one that was to be asked had been gone by the time of the start.
      const wasAsked = asked === undefined || daemon.instance === asked;
      return { kind: wasAsked ? "never_ran" : "unknown" };
    }
    const { text } = await outputFrom({ read: (offset, bytes) => daemon.read(handle, offset, bytes) }, 0);
    if (state.exit === null) return { kind: "running", text };
    return { kind: "finished", text, ...(await fetchResult(services, daemon, handle)) };
  } catch (error) {
    if (failureOf(error) === null) throw error;
    return { kind: "unknown" };
  }
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
  /** Whether it still runs, and nobody else has taken it over. */
  const attach = (): Promise<boolean> =>
    record.exclusive(async () => {
      if (!record.summary.open.some((open) => open.item === item)) return false;
      const outcome = await commandOutcome(content, services);
      if (outcome.kind === "running") return true;
      await record.append("item.completed", settleCall(started, outcome));
      // A turn that runs may not have read the results of its own.
      if (record.turn === null) await services.releaseCommands(record);
      return false;
    });
  const watch = async (): Promise<void> => {
    do {
      const daemon = await services.existingDaemon();
      // Where only the connection is lost the command goes on, and so does the wait.
      const exit = await daemon?.exited(handle).catch(expected);
      if (daemon && !exit) await closing(daemon);
    } while (await attach());
  };
  watch().catch(services.report);
}

/** What is said of one open item in the turn's closing words: empty where nothing had an effect. */
function outcomeText(content: ItemContent, outcome: CallOutcome): string {
  if (content.kind === "file_change")
    return `Whether all of the patch was applied is not known: ${itemLine(content)}.`;
  if (content.kind !== "command") return "";
  const command = `\`${content.command.split("\n", 1)[0]?.slice(0, 80)}\``;
  switch (outcome.kind) {
    case "finished":
      return `${command} ended meanwhile with exit code ${outcome.exit.exitCode ?? outcome.exit.signal}; its output is attached.`;
    case "running":
      return `${command} was still running; its result is at its row once it has ended.`;
    case "never_ran":
    case "answered":
      return `${command} had not begun.`;
    case "unknown":
      return `How far ${command} got is not known: look before it is run again.`;
    default:
      return assertNever(outcome);
  }
}
