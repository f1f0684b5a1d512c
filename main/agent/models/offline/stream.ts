/** A reply as the Responses API sends it: the same events in the same order with the same fields. */
import type {
  Response,
  ResponseFunctionToolCall,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseStreamEvent,
  ResponseUsage,
} from "openai/resources/responses/responses";
import { newId } from "#shared/kernel/ids.ts";
import type { Reply } from "./replay.ts";

/** An event before it is numbered. */
type Unnumbered = ResponseStreamEvent extends infer Event
  ? Event extends { sequence_number: number }
    ? Omit<Event, "sequence_number">
    : never
  : never;

export interface ReplyFacts {
  readonly reply: Reply;
  readonly model: string;
  /** Characters of the request's body, from which the tokens are estimated. */
  readonly inputChars: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

/** The whole answer to a request without `stream`. */
export function wholeResponse(facts: ReplyFacts): Omit<Response, "output_text"> {
  return response(facts, newId("resp"), outputItems(facts.reply), "completed");
}

/** The events of one streamed reply, numbered from 0. */
export function* replyEvents(facts: ReplyFacts): Generator<ResponseStreamEvent> {
  let sequence_number = 0;
  for (const event of unnumbered(facts)) yield { ...event, sequence_number: sequence_number++ };
}

function* unnumbered(facts: ReplyFacts): Generator<Unnumbered> {
  const id = newId("resp");
  const output = outputItems(facts.reply);
  const started = response(facts, id, [], "in_progress");
  yield { type: "response.created", response: started };
  yield { type: "response.in_progress", response: started };
  for (const [index, item] of output.entries()) {
    if (item.type === "message") yield* messageEvents(item, facts.reply.text, index);
    else if (item.type === "function_call") yield* callEvents(item, index);
  }
  yield { type: "response.completed", response: response(facts, id, output, "completed") };
}

function* messageEvents(
  item: ResponseOutputMessage,
  text: string,
  output_index: number,
): Generator<Unnumbered> {
  const at = { item_id: item.id, output_index, content_index: 0 };
  const emptyPart = { type: "output_text", text: "", annotations: [], logprobs: [] } as const;
  yield {
    type: "response.output_item.added",
    output_index,
    item: { ...item, status: "in_progress", content: [] },
  };
  yield { type: "response.content_part.added", ...at, part: { ...emptyPart, annotations: [], logprobs: [] } };
  for (const delta of pieces(text)) yield { type: "response.output_text.delta", ...at, delta, logprobs: [] };
  yield { type: "response.output_text.done", ...at, text, logprobs: [] };
  yield {
    type: "response.content_part.done",
    ...at,
    part: { ...emptyPart, annotations: [], logprobs: [], text },
  };
  yield { type: "response.output_item.done", output_index, item };
}

function* callEvents(item: ResponseFunctionToolCall, output_index: number): Generator<Unnumbered> {
  const at = { item_id: item.id ?? item.call_id, output_index };
  yield {
    type: "response.output_item.added",
    output_index,
    item: { ...item, status: "in_progress", arguments: "" },
  };
  for (const delta of slices(item.arguments, 40))
    yield { type: "response.function_call_arguments.delta", ...at, delta };
  yield {
    type: "response.function_call_arguments.done",
    ...at,
    arguments: item.arguments,
  };
  yield { type: "response.output_item.done", output_index, item };
}

function outputItems(reply: Reply): ResponseOutputItem[] {
  const calls = reply.calls.map((call): ResponseFunctionToolCall => ({
    id: newId("fc"),
    type: "function_call",
    status: "completed",
    call_id: newId("call"),
    name: call.name,
    arguments: JSON.stringify(call.args),
  }));
  return reply.text === "" ? calls : [message(reply.text), ...calls];
}

const message = (text: string): ResponseOutputMessage => ({
  id: newId("msg"),
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
});

function response(
  facts: ReplyFacts,
  id: string,
  output: ResponseOutputItem[],
  status: "in_progress" | "completed",
): Response {
  return {
    id,
    object: "response",
    created_at: facts.createdAt,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    model: facts.model,
    output,
    output_text: status === "completed" ? facts.reply.text : "",
    access_programs: null,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    truncation: "disabled",
    ...(status === "completed" && { usage: estimateUsage(facts.inputChars, output) }),
    metadata: {},
  };
}

/** No tokenizer is at work here: four characters count as one token, as a rule of thumb for English and code. */
function estimateUsage(inputChars: number, output: readonly ResponseOutputItem[]): ResponseUsage {
  const input_tokens = Math.ceil(inputChars / 4);
  const output_tokens = Math.ceil(JSON.stringify(output).length / 4);
  return {
    input_tokens,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
  };
}

/** Words with the white space after them. */
const pieces = (text: string): readonly string[] => text.match(/\s*\S+\s*/g) ?? [text];

function* slices(text: string, size: number): Generator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}
