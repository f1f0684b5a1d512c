import { functionCall, functionCallOutput, message, textOf, type ResponsesRequest } from "./request.ts";

/** What was said and done so far, in order, without what a recipe has no use for. */
export type Entry =
  | { readonly kind: "person"; readonly text: string }
  | { readonly kind: "model" }
  | { readonly kind: "call"; readonly call: PastCall };

export interface PastCall {
  readonly name: string;
  /** The arguments in a canonical spelling, to compare with. */
  readonly args: string;
  /** Null while there is none, or where the call was interrupted: such a call counts as not made. */
  readonly output: string | null;
}

/** Reads the `input` of a request. Messages that only describe the surroundings (`<environment>…`) are no person's words. */
export function readConversation(input: ResponsesRequest["input"]): readonly Entry[] {
  if (typeof input === "string") return [{ kind: "person", text: input }];
  const outputs = new Map<string, string>();
  for (const item of input) {
    const output = functionCallOutput.safeParse(item).data;
    if (output) outputs.set(output.call_id, textOf(output.output));
  }
  return input.flatMap((item) => readItem(item, outputs));
}

function readItem(item: unknown, outputs: ReadonlyMap<string, string>): Entry[] {
  const made = functionCall.safeParse(item).data;
  if (made) {
    const output = outputs.get(made.call_id) ?? null;
    const isLost = output === null || isInterrupted(output);
    return [
      {
        kind: "call",
        call: { name: made.name, args: canonical(made.arguments), output: isLost ? null : output },
      },
    ];
  }
  const said = message.safeParse(item).data;
  if (said?.role === "assistant") return [{ kind: "model" }];
  const text = said?.role === "user" ? textOf(said.content).trim() : "";
  return text === "" || isSurroundings(text) ? [] : [{ kind: "person", text }];
}

const isSurroundings = (text: string): boolean => /^<environment>\s/.test(text);

/** What the agent says of calls that were cut off or never ran: of a stopped turn, or of one that the app ended under. */
const LOST = [
  /^interrupted\b/i,
  /^This call never ran\b/,
  /^The app ended during this call\b/,
  /^(?:nothing was written: )?stopped by the person\b/,
  /^(?:exit_code|running): .*\nduration_ms: .*\nnote: the person stopped the turn\b/,
];
const isInterrupted = (output: string): boolean => LOST.some((pattern) => pattern.test(output.trimStart()));

/** One spelling for equal arguments, whatever the white space or the order of keys. Unreadable ones stay as they are. */
export function canonical(args: string): string {
  try {
    return JSON.stringify(sortKeys(JSON.parse(args)));
  } catch (error) {
    if (error instanceof SyntaxError) return args;
    throw error;
  }
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
