import { z } from "zod";
import { newId } from "#shared/kernel/ids.ts";
import { failureOf, type Failure } from "#shared/kernel/failure.ts";
import type { ItemContent } from "#shared/session/items.ts";
import type { CommandRefusal, FinishedCommand } from "../agent.ts";
import { commandOutcome, DEFAULT_YIELD_MS } from "./command-outcome.ts";
import { inWorktree } from "./paths.ts";
import { defineTool, type ToolContext, type ToolResult } from "./tool.ts";

type CommandContent = Extract<ItemContent, { kind: "command" }>;

const schema = z.strictObject({
  command: z.string(),
  cwd: z.string().nullable().describe("relative to the worktree"),
  yield_ms: z.number().int().nullable().describe(`default ${DEFAULT_YIELD_MS}`),
  stdin: z.boolean().nullable().describe("true keeps its input open for shell_io"),
  escalate: z.string().nullable().describe("reason to run outside the sandbox; a person decides"),
});

export const shell = defineTool({
  name: "shell",
  description:
    "Run a bash line in the sandbox. Returns when it ends, or after yield_ms with `running: HANDLE` for shell_io.",
  schema,
  async prepare(args, context) {
    const size = Buffer.byteLength(args.command);
    if (size > MAX_COMMAND_BYTES)
      return `the command has ${size} bytes, and at most ${MAX_COMMAND_BYTES} can be run: write what is long to a file first`;
    const content: CommandContent = {
      kind: "command",
      command: args.command,
      cwd: inWorktree(context.turn.worktree, args.cwd ?? ""),
      handle: newId("cmd"),
      ...(await daemonOf(context)),
    };
    return { content, exclusive: false, run: (item) => run(args, content, item, context) };
  },
});

/** Systems take 2 MiB of arguments and environment together. */
const MAX_COMMAND_BYTES = 1_000_000;

/** Which daemon will be asked. Where none answers, the start says so in its own words. */
async function daemonOf({ ports }: ToolContext): Promise<{ daemon?: string }> {
  try {
    return { daemon: await ports.commands.daemonInstance() };
  } catch (error) {
    if (failureOf(error)) return {};
    throw error;
  }
}

async function run(
  args: z.infer<typeof schema>,
  content: CommandContent,
  item: string,
  context: ToolContext,
): Promise<ToolResult> {
  const { turn, ports, commands } = context;
  const request = {
    item,
    handle: content.handle ?? "",
    command: content.command,
    cwd: content.cwd,
    stdin: args.stdin ?? false,
    ...(args.escalate === null ? {} : { escalate: { reason: args.escalate } }),
  };
  const started = await ports.commands.start(request, turn.signal);
  if (!started.ok) return refused(content, started.failure);
  const end = await commandOutcome(commands.track(started.value), item, args.yield_ms, context);
  const { sandbox } = started.value;
  return {
    status: end.status,
    content: { ...content, sandbox, durationMs: end.durationMs, ...ended(end.finished) },
    output: end.text,
    fingerprint: end.fingerprint,
  };
}

const ended = (finished: FinishedCommand | null): Partial<CommandContent> =>
  finished === null
    ? {}
    : { exitCode: finished.exit.exitCode, signal: finished.exit.signal, output: finished.output };

function refused(content: CommandContent, failure: Failure<CommandRefusal>): ToolResult {
  const denied = failure.code === "denied";
  const why = denied ? "the person said no." : failure.message;
  const output = failure.hint ? `not run: ${why} ${failure.hint}` : `not run: ${why}`;
  return { status: denied ? "denied" : "failed", content, output, failure, fingerprint: output };
}
