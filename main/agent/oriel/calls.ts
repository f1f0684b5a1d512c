/** Calls of the model: checked, logged, run, and answered in their order. */
import { failureOf, type Failure } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { ItemContent } from "#shared/session/items.ts";
import { parseJson } from "../models/json.ts";
import type { OutputItem, RawItem } from "../models/model.ts";
import {
  toolContent,
  wholeOutput,
  type PreparedCall,
  type ToolContext,
  type ToolResult,
} from "../tools/tool.ts";
import { findTool, TOOLS } from "../tools/tools.ts";
import type { Journal } from "./journal.ts";

type CallItem = Extract<OutputItem, { kind: "call" }>;

/** A call that is logged and has no answer yet. */
export interface OpenCall {
  readonly item: string;
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
  readonly content: ItemContent;
  /** What runs, or why it must not, in words for the model. */
  readonly prepared: PreparedCall | { readonly problem: string };
}

/** A call that was answered; equal `call` and `result` in a row are a loop. */
export interface AnsweredCall {
  readonly call: string;
  readonly result: string | null;
}

/** Checks a call and logs it, so that it is on disk before anything happens. `before` goes in front of it, as thoughts do. */
export async function openCall(
  call: CallItem,
  before: readonly RawItem[],
  journal: Journal,
  context: ToolContext,
): Promise<OpenCall> {
  const prepared = await prepare(call, context);
  const content =
    "problem" in prepared ? toolContent(call.name, call.name, call.arguments) : prepared.content;
  const item = newId("itm");
  await journal.started({ turn: context.turn.turn, item, content, model: [...before, call.raw] });
  return { item, callId: call.callId, name: call.name, arguments: call.arguments, content, prepared };
}

/** Arguments are taken as they are or not at all: what would have to be repaired is not what the model meant. */
async function prepare(call: CallItem, context: ToolContext): Promise<OpenCall["prepared"]> {
  const tool = findTool(call.name);
  if (!tool) {
    const names = TOOLS.map((tool) => tool.name).join(", ");
    return { problem: `not run: there is no tool "${call.name}". The tools are: ${names}` };
  }
  const args = parseJson(call.arguments);
  if (args === undefined)
    return { problem: "not run: the arguments are not valid JSON. Send the whole call again" };
  const checked = tool.schema.safeParse(args);
  if (!checked.success) {
    const issues = checked.error.issues.map(
      (issue) => `${issue.path.join(".") || "arguments"}: ${issue.message}`,
    );
    return { problem: `not run: the arguments do not fit the schema: ${issues.join("; ")}` };
  }
  const prepared = await tool.prepare(checked.data, context);
  return typeof prepared === "string" ? { problem: `not run: ${prepared}` } : prepared;
}

/**
 * Runs the calls of one response at the same time (exclusive ones one after the other) and logs their results in the
 * order of the calls, each as soon as those before it are there.
 */
export async function runCalls(
  calls: readonly OpenCall[],
  journal: Journal,
  context: ToolContext,
): Promise<AnsweredCall[]> {
  let exclusive: Promise<unknown> = Promise.resolve();
  const running = calls.map((call) => {
    const isExclusive = "run" in call.prepared && call.prepared.exclusive;
    const result = isExclusive ? exclusive.then(() => runCall(call, context)) : runCall(call, context);
    const settled = result.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (isExclusive) exclusive = settled;
    return { call, settled };
  });
  const answered: AnsweredCall[] = [];
  for (const { call, settled } of running) {
    const outcome = await settled;
    if ("error" in outcome) {
      // A turn must not end while something of it still works.
      await Promise.all(running.map((other) => other.settled));
      throw outcome.error;
    }
    answered.push(await complete(call, outcome.value, journal, context));
  }
  return answered;
}

async function runCall(call: OpenCall, context: ToolContext): Promise<ToolResult> {
  const { content, prepared } = call;
  if ("problem" in prepared) return ended(content, "failed", prepared.problem);
  if (context.turn.signal.aborted)
    return ended(content, "interrupted", "stopped by the person before it ran");
  try {
    return await prepared.run(call.item);
  } catch (error) {
    const failure = failureOf(error);
    if (failure) return { ...ended(content, "failed", `failed: ${failure.message}`), failure };
    if (context.turn.signal.aborted) return ended(content, "interrupted", "stopped by the person");
    throw error;
  }
}

function ended(content: ItemContent, status: ToolResult["status"], text: string): ToolResult {
  const shown = content.kind === "tool_call" ? { ...content, output: wholeOutput(text) } : content;
  return { status, content: shown, output: text, fingerprint: text };
}

async function complete(
  call: OpenCall,
  result: ToolResult,
  journal: Journal,
  { turn }: ToolContext,
): Promise<AnsweredCall> {
  const failure: Failure | undefined = result.failure;
  await journal.completed({
    turn: turn.turn,
    item: call.item,
    status: result.status,
    content: result.content,
    model: [{ type: "function_call_output", call_id: call.callId, output: result.output }],
    ...(failure ? { failure } : {}),
  });
  return { call: `${call.name} ${call.arguments}`, result: result.fingerprint };
}
