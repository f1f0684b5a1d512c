/** For recovery: what to write about a call that was open when the host died, so that the conversation stays valid. */
import { z } from "zod";
import type { Event, EventBody } from "#shared/session/events.ts";
import type { ItemContent, ItemStatus, ModelInput, OutputRef } from "#shared/session/items.ts";
import type { CommandExit } from "../agent.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { commandText } from "../tools/command-text.ts";

export type CallOutcome =
  /** A command ended while nobody watched. `text` is its output for the model, limited by whoever read it. */
  | {
      readonly kind: "finished";
      readonly exit: CommandExit;
      readonly text: string;
      readonly output?: OutputRef;
      readonly blocked?: readonly string[];
    }
  /** A command that goes on under its handle. */
  | { readonly kind: "running"; readonly text: string }
  /** The person answered the question meanwhile. */
  | { readonly kind: "answered"; readonly answer: string }
  | { readonly kind: "never_ran" }
  | { readonly kind: "unknown" };

/** The body of the `item.completed` that closes `event`'s item. Works for items that are no call as well. */
export function settleCall(event: Event<"item.started">, outcome: CallOutcome): EventBody<"item.completed"> {
  const { turn, item, content } = event.body;
  const callId = callIdOf(event.body.model);
  const text = outcomeText(outcome, content);
  return {
    turn,
    item,
    status: statusOf(outcome),
    content: settledContent(content, outcome),
    ...(callId === null ? {} : { model: [{ type: "function_call_output", call_id: callId, output: text }] }),
  };
}

/** Bodies that close every item which `history` leaves open, in order; what became of it is told by `outcomeOf`. */
export function completeDanglingCalls(
  history: readonly Event[],
  outcomeOf: (event: Event<"item.started">) => CallOutcome = () => ({ kind: "unknown" }),
): EventBody<"item.completed">[] {
  return openItems(history).map((event) => settleCall(event, outcomeOf(event)));
}

/** The `item.started` events without an `item.completed`, in order. */
export function openItems(history: readonly Event[]): Event<"item.started">[] {
  const open = new Map<string, Event<"item.started">>();
  for (const event of history) {
    if (event.type === "item.started") open.set(event.body.item, event);
    if (event.type === "item.completed") open.delete(event.body.item);
  }
  return [...open.values()];
}

const functionCall = z.looseObject({ type: z.literal("function_call"), call_id: z.string() });

function callIdOf(model: ModelInput | undefined): string | null {
  for (const entry of model ?? []) {
    const call = functionCall.safeParse(entry);
    if (call.success) return call.data.call_id;
  }
  return null;
}

function statusOf(outcome: CallOutcome): ItemStatus {
  if (outcome.kind === "finished") return outcome.exit.exitCode === 0 ? "completed" : "failed";
  return outcome.kind === "running" || outcome.kind === "answered" ? "completed" : "interrupted";
}

function outcomeText(outcome: CallOutcome, content: ItemContent): string {
  switch (outcome.kind) {
    case "finished":
      return commandText({
        state: { exit: outcome.exit },
        durationMs: outcome.exit.durationMs,
        output: outcome.text,
        blocked: outcome.blocked ?? [],
        note: "it ended while the app was closed",
      });
    case "running":
      return commandText({
        state: { running: (content.kind === "command" ? content.handle : undefined) ?? "unknown" },
        durationMs: 0,
        output: outcome.text,
        note: "it went on while the app was closed",
      });
    case "answered":
      return outcome.answer;
    case "never_ran":
      return "This call never ran: the app ended before it started. Call it again if it is still needed.";
    case "unknown":
      return "The app ended during this call, and it is not known how far it came. Look at the state of things before you repeat it.";
    default:
      return assertNever(outcome);
  }
}

function settledContent(content: ItemContent, outcome: CallOutcome): ItemContent {
  if (content.kind === "question" && outcome.kind === "answered")
    return { ...content, answer: outcome.answer };
  if (content.kind !== "command" || outcome.kind !== "finished") return content;
  const { exitCode, signal, durationMs } = outcome.exit;
  return { ...content, exitCode, signal, durationMs, ...(outcome.output ? { output: outcome.output } : {}) };
}
