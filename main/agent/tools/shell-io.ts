import { z } from "zod";
import type { ItemContent } from "#shared/session/items.ts";
import { commandOutcome, DEFAULT_YIELD_MS } from "./command-outcome.ts";
import {
  defineTool,
  textResult,
  toolContent,
  type ToolContext,
  type ToolResult,
  wholeOutput,
} from "./tool.ts";

const schema = z.strictObject({
  handle: z.string(),
  input: z.string().nullable().describe("written to stdin; null to only wait"),
  kill: z.boolean(),
  yield_ms: z.number().int().nullable().describe(`default ${DEFAULT_YIELD_MS}`),
});
type Args = z.infer<typeof schema>;
type Content = Extract<ItemContent, { kind: "tool_call" }>;

export const shellIo = defineTool({
  name: "shell_io",
  description: "Wait for, write to or kill a running command. Returns its new output.",
  schema,
  prepare(args, context) {
    const size = args.input === null ? 0 : Buffer.byteLength(args.input);
    if (size > MAX_INPUT_BYTES)
      return `the input has ${size} bytes, and at most ${MAX_INPUT_BYTES} can be written at once: write it in pieces`;
    const content = toolContent("shell_io", title(args), args);
    return { content, exclusive: false, run: (item) => run(args, content, item, context) };
  },
});

/** What the daemon takes of a text in one call. */
const MAX_INPUT_BYTES = 1_000_000;

function title({ handle, input, kill }: Args): string {
  if (kill) return `kill ${handle}`;
  return input === null ? `wait for ${handle}` : `write to ${handle}: ${input}`;
}

async function run(args: Args, content: Content, item: string, context: ToolContext): Promise<ToolResult> {
  const { ports, commands } = context;
  const known = commands.get(args.handle);
  const command = known?.command ?? (await ports.commands.find(args.handle));
  if (!command)
    return textResult(
      content,
      `no running command ${args.handle}: it ended and was read, or never was`,
      "failed",
    );
  const tracked = known ?? commands.track(command);
  if (args.input !== null) await command.write(args.input);
  if (args.kill) await command.kill();
  const end = await commandOutcome(tracked, item, args.yield_ms, context);
  const output = end.finished?.output ?? wholeOutput(end.text);
  // A command that failed is news, not a failed wait.
  const status = end.status === "interrupted" ? "interrupted" : "completed";
  return { status, content: { ...content, output }, output: end.text, fingerprint: end.fingerprint };
}
