/**
 * The agent's loop: ask the model, run its calls, ask again, until it has nothing more to call. Functions of context,
 * ports, signal and a stream function; the order of the events of one step is
 *
 *   item.started (message, thought) · deltas · item.completed … item.started (each call) · usage.updated
 *   item.completed (each call, in order)
 */
import { failureOf, type Failure } from "#shared/kernel/failure.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Turn, TurnEnd, TurnPorts } from "../agent.ts";
import { sleep, type Clock } from "../clock.ts";
import type { Model, TokenCount } from "../models/model.ts";
import { costOf } from "../models/prices.ts";
import { commandTable } from "../tools/command-table.ts";
import { definition } from "../tools/schema.ts";
import type { ToolContext } from "../tools/tool.ts";
import { TOOLS } from "../tools/tools.ts";
import { runCalls, type AnsweredCall, type OpenCall } from "./calls.ts";
import { openJournal, type Journal } from "./journal.ts";
import { INSTRUCTIONS } from "./prompt.ts";
import { REPEAT_LIMIT, repetitionGuard } from "./repetition.ts";
import { readResponse, type Response } from "./response.ts";
import { afterFault, type RetryPolicy } from "./retry.ts";
import { completeDanglingCalls } from "./settle.ts";

export interface LoopOptions {
  readonly stream: Model["stream"];
  readonly clock: Clock;
  readonly retry: RetryPolicy;
  /** In [0, 1): spreads retries. */
  readonly random: () => number;
}

export const TOOL_DEFINITIONS = TOOLS.map(definition);

interface Loop extends LoopOptions {
  readonly turn: Turn;
  readonly ports: TurnPorts;
  readonly journal: Journal;
  readonly context: ToolContext;
}

/** One turn. Whatever the model, its server or a command does ends in a `TurnEnd`. */
export async function runLoop(turn: Turn, ports: TurnPorts, options: LoopOptions): Promise<TurnEnd> {
  const commands = commandTable();
  const journal = openJournal(turn, ports);
  const context: ToolContext = { turn, ports, clock: options.clock, commands };
  const loop: Loop = { ...options, turn, ports, journal, context };
  try {
    // Only a session that skipped its recovery has any; a call without an answer would be refused for ever.
    for (const body of completeDanglingCalls(turn.history)) await journal.completed(body);
    return await runSteps(loop);
  } catch (error) {
    if (turn.signal.aborted && error instanceof Error && error.name === "AbortError") return stopped;
    const failure = failureOf(error);
    if (!failure) throw error;
    return { kind: "failed", failure };
  } finally {
    if (turn.signal.aborted) await commands.killAll(options.clock);
  }
}

async function runSteps(loop: Loop): Promise<TurnEnd> {
  const { turn, journal, context } = loop;
  const repeated = repetitionGuard();
  for (let step = 1; step <= turn.stepLimit; step += 1) {
    const answer = await ask(loop);
    if ("end" in answer) return answer.end;
    const answered = await runCalls(answer.calls, journal, context);
    if (turn.signal.aborted) return stopped;
    const loopedCall = repeated(answered);
    if (loopedCall) return repetition(loopedCall);
    if (answer.calls.length === 0 && !(await journal.takeSteering())) return answer.after;
  }
  return stepLimit(turn.stepLimit);
}

type Answer = { readonly calls: readonly OpenCall[]; readonly after: TurnEnd } | { readonly end: TurnEnd };

/** One response, asked for again as often as the policy says. `after` is how the turn ends where nothing follows it. */
async function ask(loop: Loop): Promise<Answer> {
  const { turn, journal, context } = loop;
  for (let attempt = 1; ; attempt += 1) {
    if (turn.signal.aborted) return { end: stopped };
    await journal.takeSteering();
    const request = {
      model: turn.model,
      instructions: INSTRUCTIONS,
      tools: TOOL_DEFINITIONS,
      input: journal.input(),
      cacheKey: turn.session,
    };
    const response = await readResponse(loop.stream(request, turn.signal), journal, context);
    await report(loop, response);
    const { end, calls } = response;
    switch (end.kind) {
      case "completed":
        return { calls, after: { kind: "completed" } };
      case "incomplete":
        return { calls, after: { kind: "failed", failure: incomplete(end.reason) } };
      case "aborted":
        // Calls are logged and need an answer: they get "stopped before it ran".
        await runCalls(calls, journal, context);
        return { end: stopped };
      case "cut":
        if (calls.length > 0) return { calls, after: { kind: "completed" } };
        break;
      default:
        assertNever(end);
    }
    const failure = await waitForRetry(loop, end.fault, attempt);
    if (failure) return { end: { kind: "failed", failure } };
  }
}

/** Waits before the next attempt, telling the person; or says why there is none. */
async function waitForRetry(
  loop: Loop,
  fault: Parameters<typeof afterFault>[0],
  attempt: number,
): Promise<Failure | null> {
  const { turn, ports, clock, retry, random } = loop;
  const next = afterFault(fault, attempt, retry, random);
  if ("failure" in next) return next.failure;
  await ports.emit("notice", {
    level: "warning",
    code: "model_retry",
    text: `${fault.failure.message} Asking again in ${(next.waitMs / 1000).toFixed(1)} s (${attempt + 1} of ${retry.attempts}).`,
    turn: turn.turn,
    ...(fault.failure.details ? { details: fault.failure.details } : {}),
  });
  await sleep(clock, next.waitMs, turn.signal);
  return null;
}

/** What the person should know of a response besides its items. */
async function report({ turn, ports }: Loop, { usage, garbage, end, calls }: Response): Promise<void> {
  if (garbage.length > 0) {
    const text = `Skipped ${garbage.length} unreadable event${garbage.length > 1 ? "s" : ""} of the model's server.`;
    const details = garbage[0] ?? "";
    await ports.emit("notice", { level: "info", code: "model_garbage", text, details, turn: turn.turn });
  }
  if (end.kind === "cut" && calls.length > 0) {
    const text = `${end.fault.failure.message} Going on with what had arrived whole.`;
    await ports.emit("notice", { level: "warning", code: "model_cut", text, turn: turn.turn });
  }
  if (usage) await reportUsage(turn, ports, usage);
}

async function reportUsage(turn: Turn, ports: TurnPorts, tokens: TokenCount): Promise<void> {
  const added = { ...tokens, cost: costOf(turn.model, tokens) };
  await ports.emit("usage.updated", { turn: turn.turn, model: turn.model, added });
}

const stopped: TurnEnd = {
  kind: "interrupted",
  reason: "stopped",
  text: "Stopped by you. What was done is kept.",
};

const repetition = ({ call }: AnsweredCall): TurnEnd => ({
  kind: "interrupted",
  reason: "repetition",
  text: `The agent made the same call ${REPEAT_LIMIT} times in a row with the same result, so its turn was ended: ${call.slice(0, 300)}`,
});

const stepLimit = (limit: number): TurnEnd => ({
  kind: "interrupted",
  reason: "step_limit",
  text: `The turn reached its limit of ${limit} requests to the model. What was done is kept; continue to go on.`,
});

const incomplete = (reason: string): Failure =>
  reason === "content_filter"
    ? {
        code: "model_filtered",
        message: "The provider's content filter stopped the model's answer.",
        kept: "What the session did until then is kept.",
        hint: "Put the task in other words, then continue the session.",
      }
    : {
        code: "model_output_limit",
        message: "The model reached the limit of one answer before it was done.",
        kept: "What the session did until then is kept.",
        hint: "Continue the session to let it go on.",
        details: reason,
      };
