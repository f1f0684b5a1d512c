import { z } from "zod";

const part = z.looseObject({ text: z.string().optional() });
const content = z.union([z.string(), z.array(part)]);

/** The kinds of `input` entries that a recipe reads. Others (reasoning, references) pass and mean nothing here. */
export const functionCall = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
export const functionCallOutput = z.looseObject({
  type: z.literal("function_call_output"),
  call_id: z.string(),
  output: content,
});
export const message = z.looseObject({ role: z.string(), content });

/** The body of `POST /v1/responses`, as far as it is used. */
export const responsesRequest = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.record(z.string(), z.unknown()))]),
  stream: z.boolean().nullish(),
});
export type ResponsesRequest = z.infer<typeof responsesRequest>;

/** The text of a message or of a call's output, its parts joined. */
export const textOf = (value: z.infer<typeof content>): string =>
  typeof value === "string" ? value : value.map((piece) => piece.text ?? "").join("\n");
