/** A reply as the events of one of the two wires, each a JSON value. */
import { newId } from "#shared/kernel/ids.ts";
import type { Output, Reply } from "./script.ts";

export type WireEvent = { readonly name: string | null; readonly data: string };

const named = (data: { type: string }): WireEvent => ({ name: data.type, data: JSON.stringify(data) });

const argumentsOf = (output: Extract<Output, { call: string }>): string =>
  typeof output.arguments === "string" ? output.arguments : JSON.stringify(output.arguments);

/** Text in the pieces in which it is streamed: words with the space behind them. */
const pieces = (text: string): string[] => text.match(/\S*\s*/g)?.filter((piece) => piece !== "") ?? [];

export function responsesEvents(reply: Reply): WireEvent[] {
  const id = newId("resp");
  const items = (reply.output ?? []).map((output) => rawItem(output));
  const events = [{ type: "response.created", response: { id, status: "in_progress", output: [] } }];
  const deltas = (reply.output ?? []).flatMap((output, at) => itemEvents(output, items[at] ?? {}, at));
  return [...events, ...deltas, lastEvent(reply, id, items)].map(named);
}

function rawItem(output: Output): Record<string, unknown> {
  if ("say" in output) {
    const content = [{ type: "output_text", text: output.say, annotations: [] }];
    return { type: "message", id: newId("msg"), role: "assistant", status: "completed", content };
  }
  if ("think" in output) {
    const summary = output.think === "" ? [] : [{ type: "summary_text", text: output.think }];
    return { type: "reasoning", id: newId("rs"), summary, encrypted_content: `sealed ${output.think}` };
  }
  return {
    type: "function_call",
    id: newId("fc"),
    call_id: output.id ?? newId("call"),
    name: output.call,
    arguments: argumentsOf(output),
    status: "completed",
  };
}

function itemEvents(output: Output, item: Record<string, unknown>, at: number): { type: string }[] {
  const place = { output_index: at, item_id: item["id"] };
  const added = {
    type: "response.output_item.added",
    output_index: at,
    item: { ...item, status: "in_progress" },
  };
  const done = { type: "response.output_item.done", output_index: at, item };
  const streamed = (type: string, text: string): { type: string }[] =>
    pieces(text).map((delta) => ({ type, ...place, delta }));
  if ("say" in output) return [added, ...streamed("response.output_text.delta", output.say), done];
  if ("think" in output)
    return [added, ...streamed("response.reasoning_summary_text.delta", output.think), done];
  return [added, ...streamed("response.function_call_arguments.delta", argumentsOf(output)), done];
}

function lastEvent(reply: Reply, id: string, output: unknown[]): { type: string } {
  if (reply.failed)
    return { type: "response.failed", ...{ response: { id, status: "failed", error: reply.failed } } };
  const usage = {
    input_tokens: reply.usage?.input ?? 100,
    input_tokens_details: { cached_tokens: reply.usage?.cached ?? 0 },
    output_tokens: reply.usage?.output ?? 10,
    output_tokens_details: { reasoning_tokens: reply.usage?.reasoning ?? 0 },
  };
  if (reply.incomplete) {
    const response = {
      id,
      status: "incomplete",
      incomplete_details: { reason: reply.incomplete },
      output,
      usage,
    };
    return { type: "response.incomplete", ...{ response } };
  }
  return { type: "response.completed", ...{ response: { id, status: "completed", output, usage } } };
}

export function chatEvents(reply: Reply): WireEvent[] {
  const chunk = (rest: Record<string, unknown>): WireEvent => ({
    name: null,
    data: JSON.stringify({ id: "chatcmpl", object: "chat.completion.chunk", ...rest }),
  });
  const delta = (value: unknown, finish: string | null = null): WireEvent =>
    chunk({ choices: [{ index: 0, delta: value, finish_reason: finish }] });
  const outputs = reply.output ?? [];
  const calls = outputs.filter((output) => "call" in output);
  const deltas = outputs.flatMap((output) => {
    if ("say" in output) return pieces(output.say).map((content) => delta({ content }));
    if ("think" in output) return pieces(output.think).map((text) => delta({ reasoning_content: text }));
    return callDeltas(output, calls.indexOf(output)).map((value) => delta(value));
  });
  const finish =
    reply.incomplete === "max_output_tokens"
      ? "length"
      : (reply.incomplete ?? (calls.length > 0 ? "tool_calls" : "stop"));
  const usage = chunk({
    choices: [],
    usage: {
      prompt_tokens: reply.usage?.input ?? 100,
      prompt_tokens_details: { cached_tokens: reply.usage?.cached ?? 0 },
      completion_tokens: reply.usage?.output ?? 10,
      completion_tokens_details: { reasoning_tokens: reply.usage?.reasoning ?? 0 },
    },
  });
  return [delta({ role: "assistant" }), ...deltas, delta({}, finish), usage, { name: null, data: "[DONE]" }];
}

function callDeltas(output: Extract<Output, { call: string }>, index: number): unknown[] {
  const start = {
    index,
    id: output.id ?? newId("call"),
    type: "function",
    function: { name: output.call, arguments: "" },
  };
  const rest = pieces(argumentsOf(output)).map((text) => ({ index, function: { arguments: text } }));
  return [start, ...rest].map((piece) => ({ tool_calls: [piece] }));
}
