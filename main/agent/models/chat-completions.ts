/**
 * Chat Completions, for servers that have only that: https://developers.openai.com/api/docs/api-reference/chat
 * Its pieces become the same events, and its calls the same raw items, as those of the Responses API.
 */
import { z } from "zod";
import { newId } from "#shared/kernel/ids.ts";
import type { Model, ModelEvent, ModelRequest, OutputItem, TokenCount } from "./model.ts";
import { chatMessages, chatTools } from "./chat-messages.ts";
import { cut, namedFault } from "./faults.ts";
import { parseJson } from "./json.ts";
import type { ModelServer } from "./server.ts";

const tokens = z.number().int().nonnegative();
const callPiece = z.object({
  index: z.number().int().min(0).max(255).default(0),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
const choice = z.object({
  delta: z
    .object({
      content: z.string().nullish(),
      refusal: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
      tool_calls: z.array(callPiece).nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
});
const chunk = z.object({
  choices: z.array(choice).nullish(),
  usage: z
    .object({
      prompt_tokens: tokens,
      completion_tokens: tokens,
      prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: tokens.nullish() }).nullish(),
    })
    .nullish(),
  error: z
    .object({ code: z.union([z.string(), z.number()]).nullish(), message: z.string().nullish() })
    .nullish(),
});
type Chunk = z.infer<typeof chunk>;

/** One answer as far as it came. */
interface Answer {
  text: string;
  thoughts: string;
  readonly calls: { id: string; name: string; arguments: string }[];
  finish: string | null;
  usage: TokenCount | null;
}

const GARBAGE_LIMIT = 20;

export function chatModel(provider: string, server: ModelServer): Model {
  return {
    provider,
    async *stream(request, signal) {
      const answer: Answer = { text: "", thoughts: "", calls: [], finish: null, usage: null };
      let garbage = 0;
      for await (const came of server.post("/chat/completions", requestBody(request), signal)) {
        if ("fault" in came) {
          // An answer that is whole needs no more: some servers hang up without a word behind it.
          if (answer.finish !== null) break;
          yield { type: "fault", fault: came.fault };
          return;
        }
        if (came.sse.data === "[DONE]") {
          answer.finish ??= "stop";
          break;
        }
        const parsed = chunk.safeParse(parseJson(came.sse.data));
        if (!parsed.success) {
          garbage += 1;
          if (garbage > GARBAGE_LIMIT) break;
          yield { type: "garbage", details: came.sse.data.slice(0, 500) };
          continue;
        }
        if (parsed.data.error) {
          const { code, message } = parsed.data.error;
          yield {
            type: "fault",
            fault: namedFault(code == null ? null : String(code), message ?? "no reason given"),
          };
          return;
        }
        yield* take(answer, parsed.data);
      }
      if (!signal.aborted) yield* ending(answer);
    },
  };
}

/** Adds a piece to the answer and says what can be shown of it. */
function* take(answer: Answer, piece: Chunk): Generator<ModelEvent> {
  if (piece.usage) answer.usage = tokenCount(piece.usage);
  const first = piece.choices?.[0];
  if (!first) return;
  const thought = first.delta?.reasoning_content ?? first.delta?.reasoning ?? "";
  const text = first.delta?.content ?? first.delta?.refusal ?? "";
  answer.thoughts += thought;
  answer.text += text;
  for (const call of first.delta?.tool_calls ?? []) addCall(answer, call);
  if (first.finish_reason) answer.finish = first.finish_reason;
  if (thought !== "") yield { type: "delta", key: "thoughts", kind: "reasoning", text: thought };
  if (text !== "") yield { type: "delta", key: "text", kind: "message", text };
}

function addCall(answer: Answer, piece: z.infer<typeof callPiece>): void {
  const call = (answer.calls[piece.index] ??= { id: "", name: "", arguments: "" });
  if (piece.id) call.id = piece.id;
  call.name += piece.function?.name ?? "";
  call.arguments += piece.function?.arguments ?? "";
}

/** Calls are whole only when the server says why it ended: nothing else tells a short argument from a cut one. */
function* ending(answer: Answer): Generator<ModelEvent> {
  if (answer.finish === null) {
    yield { type: "fault", fault: cut("ended", "no finish_reason") };
    return;
  }
  const whole = answer.finish !== "length" && answer.finish !== "content_filter";
  if (answer.thoughts !== "") {
    yield { type: "item", key: "thoughts", item: { kind: "reasoning", text: answer.thoughts, raw: null } };
  }
  if (answer.text !== "") yield { type: "item", key: "text", item: messageItem(answer.text) };
  for (const [at, call] of whole ? answer.calls.entries() : []) {
    if (call) yield { type: "item", key: `call ${at}`, item: callItem(call) };
  }
  yield whole
    ? { type: "completed", usage: answer.usage }
    : {
        type: "incomplete",
        reason: answer.finish === "length" ? "max_output_tokens" : answer.finish,
        usage: answer.usage,
      };
}

const messageItem = (text: string): OutputItem => ({
  kind: "message",
  text,
  raw: { type: "message", role: "assistant", content: [{ type: "output_text", text }] },
});

function callItem(call: Answer["calls"][number]): OutputItem {
  const callId = call.id === "" ? newId("call") : call.id;
  const { name, arguments: text } = call;
  return {
    kind: "call",
    callId,
    name,
    arguments: text,
    raw: { type: "function_call", call_id: callId, name, arguments: text },
  };
}

const tokenCount = (raw: NonNullable<Chunk["usage"]>): TokenCount => ({
  input: raw.prompt_tokens,
  cached: raw.prompt_tokens_details?.cached_tokens ?? 0,
  output: raw.completion_tokens,
  reasoning: raw.completion_tokens_details?.reasoning_tokens ?? 0,
});

const requestBody = (request: ModelRequest): Record<string, unknown> => ({
  model: request.model,
  messages: chatMessages(request.instructions, request.input),
  tools: chatTools(request.tools),
  stream: true,
  stream_options: { include_usage: true },
});
