/** A conversation in the shape of the Responses API, as messages of Chat Completions. Pure. */
import { z } from "zod";
import type { RawItem, ToolDefinition } from "./model.ts";

export type ChatMessage = Record<string, unknown>;

const textPart = z.looseObject({ text: z.string() });
const imagePart = z.looseObject({ type: z.literal("input_image"), image_url: z.string() });
const content = z.union([z.string(), z.array(z.unknown())]);
const entry = z.union([
  z.looseObject({
    type: z.literal("function_call"),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.looseObject({ type: z.literal("function_call_output"), call_id: z.string(), output: content }),
  z.looseObject({ type: z.literal("message").optional(), role: z.string(), content }),
]);
type Entry = z.infer<typeof entry>;
type Part = { type: "text"; text: string } | { type: "image_url"; image_url: { url: string } };

const parts = (from: z.infer<typeof content>): Part[] =>
  typeof from === "string"
    ? [{ type: "text", text: from }]
    : from.flatMap((raw): Part[] => {
        const image = imagePart.safeParse(raw);
        if (image.success) return [{ type: "image_url", image_url: { url: image.data.image_url } }];
        const text = textPart.safeParse(raw);
        return text.success ? [{ type: "text", text: text.data.text }] : [];
      });

const textOf = (from: z.infer<typeof content>): string =>
  parts(from)
    .map((part) => (part.type === "text" ? part.text : ""))
    .join("");

/**
 * The messages. What Chat Completions has no place for is left out (thoughts) or moved: an image in a tool's result
 * becomes a message of its own behind the results. An assistant's text and calls become one message, as they came.
 */
export function chatMessages(instructions: string, input: readonly RawItem[]): ChatMessage[] {
  const messages: ChatMessage[] = [{ role: "system", content: instructions }];
  let images: Part[] = [];
  let calls: unknown[] | null = null;
  const showImages = (): void => {
    if (images.length > 0) messages.push({ role: "user", content: images });
    images = [];
  };
  for (const raw of input) {
    const parsed = entry.safeParse(raw);
    if (!parsed.success) continue;
    const item: Entry = parsed.data;
    if (item.type !== "function_call_output") showImages();
    if (item.type === "function_call") {
      if (calls === null) calls = openAssistant(messages);
      calls.push({
        id: item.call_id,
        type: "function",
        function: { name: item.name, arguments: item.arguments },
      });
      continue;
    }
    calls = null;
    if (item.type === "function_call_output") {
      messages.push({ role: "tool", tool_call_id: item.call_id, content: toolText(item.output) });
      images.push(...parts(item.output).filter((part) => part.type === "image_url"));
    } else {
      messages.push(message(item.role, item.content));
    }
  }
  showImages();
  return messages;
}

const toolText = (output: z.infer<typeof content>): string => {
  const hasImage = parts(output).some((part) => part.type === "image_url");
  return hasImage ? `${textOf(output)}The image follows.` : textOf(output);
};

function message(role: string, from: z.infer<typeof content>): ChatMessage {
  if (role === "assistant") return { role, content: textOf(from) };
  const plain = parts(from).every((part) => part.type === "text");
  return { role: role === "developer" ? "system" : role, content: plain ? textOf(from) : parts(from) };
}

/** The calls of the last message where that is the assistant's, else of a new one without text. */
function openAssistant(messages: ChatMessage[]): unknown[] {
  const calls: unknown[] = [];
  const last = messages.at(-1);
  if (last?.["role"] === "assistant") last["tool_calls"] = calls;
  else messages.push({ role: "assistant", content: null, tool_calls: calls });
  return calls;
}

export const chatTools = (tools: readonly ToolDefinition[]): unknown[] =>
  tools.map((tool) => ({ type: "function", function: { ...tool, strict: true } }));
