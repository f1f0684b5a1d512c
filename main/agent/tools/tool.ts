/**
 * A tool of the `oriel` agent. A call goes prepare → (logged) → run: `prepare` only reads the arguments and says what
 * will happen, so that the intent is on disk before the first effect.
 */
import type { z } from "zod";
import type { Failure } from "#shared/kernel/failure.ts";
import type { ItemContent, ItemStatus } from "#shared/session/items.ts";
import type { Turn, TurnPorts } from "../agent.ts";
import type { Clock } from "../clock.ts";
import type { CommandTable } from "./command-table.ts";

export interface ToolContext {
  readonly turn: Turn;
  readonly ports: TurnPorts;
  readonly clock: Clock;
  /** The commands that this turn started and whose end nobody has seen yet. */
  readonly commands: CommandTable;
}

/** What the model gets: text, or entries such as an image. */
export type ToolOutput = string | Record<string, unknown>[];

export interface ToolResult {
  readonly status: ItemStatus;
  readonly content: ItemContent;
  readonly output: ToolOutput;
  readonly failure?: Failure;
  /** Equal for results that tell the model the same; null where a repeat is no sign of a loop (waiting). */
  readonly fingerprint: string | null;
}

export interface PreparedCall {
  /** What is known of the item before it runs. */
  readonly content: ItemContent;
  /** True where two at a time could undo each other. */
  readonly exclusive: boolean;
  /** Must end soon after the turn's signal aborts, with status `interrupted`. */
  run(item: string): Promise<ToolResult>;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly schema: z.ZodObject;
  /** `args` has passed the schema. A string says why the call cannot run, in words for the model. */
  prepare(args: unknown, context: ToolContext): Promise<PreparedCall | string>;
}

/** A tool whose `prepare` sees its arguments with their types. */
export function defineTool<Schema extends z.ZodObject>(tool: {
  name: string;
  description: string;
  schema: Schema;
  prepare(
    args: z.infer<Schema>,
    context: ToolContext,
  ): Promise<PreparedCall | string> | PreparedCall | string;
}): Tool {
  return { ...tool, prepare: async (args, context) => tool.prepare(tool.schema.parse(args), context) };
}

/** The content of a call that has no kind of item of its own. */
export function toolContent(
  tool: string,
  title: string,
  args: unknown,
): Extract<ItemContent, { kind: "tool_call" }> {
  const oneLine = title.replace(/\s+/g, " ").trim();
  return {
    kind: "tool_call",
    tool,
    title: oneLine.length > 120 ? `${oneLine.slice(0, 119)}…` : oneLine,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
  };
}

/** Text as the output of an item. It is the whole, so that no blob is needed: tools limit what they return. */
export const wholeOutput = (text: string) => ({
  blob: null,
  size: Buffer.byteLength(text),
  head: text,
  tail: "",
});

/** A result of a `tool_call` item that is only text. */
export function textResult(
  content: Extract<ItemContent, { kind: "tool_call" }>,
  text: string,
  status: ItemStatus = "completed",
): ToolResult {
  return { status, content: { ...content, output: wholeOutput(text) }, output: text, fingerprint: text };
}
