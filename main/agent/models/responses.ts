/** The Responses API: https://developers.openai.com/api/docs/api-reference/responses-streaming */
import { z } from "zod";
import type { Model, ModelEvent, ModelRequest, OutputItem } from "./model.ts";
import { cut, namedFault } from "./faults.ts";
import { parseJson } from "./json.ts";
import type { ModelServer } from "./server.ts";

const tokens = z.number().int().nonnegative();
const usage = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  input_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
  output_tokens_details: z.object({ reasoning_tokens: tokens.nullish() }).nullish(),
});

const outputItem = z.looseObject({ type: z.string(), status: z.string().nullish() });
const message = z.looseObject({
  type: z.literal("message"),
  content: z.array(z.looseObject({ text: z.string().optional(), refusal: z.string().optional() })),
});
const reasoning = z.looseObject({
  type: z.literal("reasoning"),
  summary: z.array(z.looseObject({ text: z.string() })).nullish(),
  content: z.array(z.looseObject({ text: z.string() })).nullish(),
});
const functionCall = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string().min(1),
  name: z.string(),
  arguments: z.string(),
});

const index = z.number().int().nonnegative();
const finalResponse = z.object({ usage: usage.nullish(), output: z.array(outputItem).nullish() });
const errorShape = z.object({ code: z.string().nullish(), message: z.string().nullish() });
const events = z.discriminatedUnion("type", [
  z.object({ type: z.literal("response.output_text.delta"), output_index: index, delta: z.string() }),
  z.object({ type: z.literal("response.refusal.delta"), output_index: index, delta: z.string() }),
  z.object({
    type: z.literal("response.reasoning_summary_text.delta"),
    output_index: index,
    delta: z.string(),
  }),
  z.object({ type: z.literal("response.reasoning_text.delta"), output_index: index, delta: z.string() }),
  z.object({ type: z.literal("response.output_item.done"), output_index: index, item: outputItem }),
  z.object({ type: z.literal("response.completed"), response: finalResponse }),
  z.object({
    type: z.literal("response.incomplete"),
    response: finalResponse.extend({
      incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
    }),
  }),
  z.object({ type: z.literal("response.failed"), response: z.object({ error: errorShape.nullish() }) }),
  z.object({ type: z.literal("error"), ...errorShape.shape, error: errorShape.nullish() }),
]);
type StreamEvent = z.infer<typeof events>;
const KNOWN: ReadonlySet<string> = new Set(events.options.map((option) => option.shape.type.value));
const anyEvent = z.looseObject({ type: z.string() });

/** One response may hold this many unreadable events before it counts as broken. */
const GARBAGE_LIMIT = 20;

export function responsesModel(provider: string, server: ModelServer): Model {
  return {
    provider,
    async *stream(request, signal) {
      const seen = new Set<string>();
      let garbage = 0;
      for await (const came of server.post("/responses", requestBody(provider, request), signal)) {
        if ("fault" in came) {
          yield { type: "fault", fault: came.fault };
          return;
        }
        if (came.sse.data === "[DONE]") continue;
        const event = readEvent(came.sse.data);
        if (event === "garbage") {
          garbage += 1;
          if (garbage > GARBAGE_LIMIT) break;
          yield { type: "garbage", details: came.sse.data.slice(0, 500) };
          continue;
        }
        if (event === "unknown") continue;
        for (const out of modelEvents(event, seen)) {
          yield out;
          if (out.type === "completed" || out.type === "incomplete" || out.type === "fault") return;
        }
      }
      if (signal.aborted) return;
      const fault =
        garbage > GARBAGE_LIMIT
          ? cut("broken", "too many unreadable events")
          : cut("ended", "no response.completed");
      yield { type: "fault", fault };
    },
  };
}

function readEvent(data: string): StreamEvent | "garbage" | "unknown" {
  const json = anyEvent.safeParse(parseJson(data));
  if (!json.success) return "garbage";
  if (!KNOWN.has(json.data.type)) return "unknown";
  const event = events.safeParse(json.data);
  return event.success ? event.data : "garbage";
}

/** What one event of the wire says. `seen` holds what came whole: places in the output, and ids. */
function* modelEvents(event: StreamEvent, seen: Set<string>): Generator<ModelEvent> {
  switch (event.type) {
    case "response.output_text.delta":
    case "response.refusal.delta":
      yield { type: "delta", key: String(event.output_index), kind: "message", text: event.delta };
      return;
    case "response.reasoning_summary_text.delta":
    case "response.reasoning_text.delta":
      yield { type: "delta", key: String(event.output_index), kind: "reasoning", text: event.delta };
      return;
    case "response.output_item.done":
      yield* wholeItem(event.item, event.output_index, seen);
      return;
    case "response.completed":
    case "response.incomplete":
      // The end repeats all items: one whose own event was unreadable is taken from there.
      for (const [at, item] of (event.response.output ?? []).entries()) yield* wholeItem(item, at, seen);
      yield event.type === "response.completed"
        ? { type: "completed", usage: tokenCount(event.response.usage) }
        : {
            type: "incomplete",
            reason: event.response.incomplete_details?.reason ?? "unknown",
            usage: tokenCount(event.response.usage),
          };
      return;
    case "response.failed": {
      const error = event.response.error;
      yield { type: "fault", fault: namedFault(error?.code ?? null, error?.message ?? "no reason given") };
      return;
    }
    case "error": {
      const error = event.error ?? event;
      yield { type: "fault", fault: namedFault(error.code ?? null, error.message ?? "no reason given") };
      return;
    }
  }
}

function* wholeItem(raw: z.infer<typeof outputItem>, at: number, seen: Set<string>): Generator<ModelEvent> {
  const item = readItem(raw);
  // Both, since servers exist that count places from 1 or give other ids at the end: no call may run twice.
  const names = [`at ${at}`, item?.kind === "call" ? `call ${item.callId}` : `id ${String(raw["id"])}`];
  const known = names.some((name) => name !== "id undefined" && seen.has(name));
  if (known) return;
  for (const name of names) seen.add(name);
  if (item) yield { type: "item", key: String(at), item };
}

/** The item, or null for one that we did not ask for, or a call whose arguments the server cut short. */
function readItem(raw: z.infer<typeof outputItem>): OutputItem | null {
  const asMessage = message.safeParse(raw);
  if (asMessage.success) {
    const text = asMessage.data.content.map((part) => part.text ?? part.refusal ?? "").join("");
    return { kind: "message", text, raw };
  }
  const asCall = functionCall.safeParse(raw);
  if (asCall.success && raw.status !== "incomplete") {
    const { call_id: callId, name, arguments: text } = asCall.data;
    return { kind: "call", callId, name, arguments: text, raw };
  }
  const asReasoning = reasoning.safeParse(raw);
  if (!asReasoning.success) return null;
  const { summary, content } = asReasoning.data;
  const parts = summary && summary.length > 0 ? summary : (content ?? []);
  return { kind: "reasoning", text: parts.map((part) => part.text).join("\n\n"), raw };
}

const tokenCount = (raw: z.infer<typeof usage> | null | undefined) =>
  raw
    ? {
        input: raw.input_tokens,
        cached: raw.input_tokens_details?.cached_tokens ?? 0,
        output: raw.output_tokens,
        reasoning: raw.output_tokens_details?.reasoning_tokens ?? 0,
      }
    : null;

/** OpenAI answers 400 when a model that does not reason is asked for its encrypted thoughts. */
const thinks = (provider: string, model: string): boolean =>
  provider !== "openai" || !/^(gpt-3|gpt-4|chatgpt-4)/.test(model);

function requestBody(provider: string, request: ModelRequest): Record<string, unknown> {
  return {
    model: request.model,
    instructions: request.instructions,
    tools: request.tools.map((tool) => ({ type: "function", strict: true, ...tool })),
    input: request.input,
    include: thinks(provider, request.model) ? ["reasoning.encrypted_content"] : [],
    parallel_tool_calls: true,
    prompt_cache_key: request.cacheKey,
    store: false,
    stream: true,
  };
}
