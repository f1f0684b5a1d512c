/**
 * `loop`: what the agent's loop adds to a turn. 100 turns, each with one `shell` call of `true`, on a mock model:
 * ours against a bare Node loop that makes the same requests and spawns the same command. Runs alternate; the figures
 * are medians over the runs, in milliseconds a turn.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Agent, TurnPorts } from "#main/agent/agent.ts";
import { createModel } from "#main/agent/models/create-model.ts";
import { TOOL_DEFINITIONS } from "#main/agent/oriel/loop.ts";
import { createOrielAgent } from "#main/agent/oriel/oriel-agent.ts";
import { INSTRUCTIONS } from "#main/agent/oriel/prompt.ts";
import { testSession } from "#main/agent/testing/test-session.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { say, shellCall, startModelServer } from "../fixtures/model-server/index.ts";

export interface LoopBenchOptions {
  readonly turns?: number;
  readonly runs?: number;
  /** Ports to run our side on, in place of an in-memory log and plain children. */
  readonly ports?: Partial<TurnPorts>;
  /** Runs all turns of our side itself, for example through a whole host; gets the model server's address. */
  readonly ours?: (url: string, turns: number) => Promise<void>;
}

export interface BenchLine {
  readonly name: "loop";
  readonly ours: number;
  readonly theirs: number;
  readonly unit: "ms/turn";
  readonly ratio: number;
  readonly runs: number;
}

export async function benchLoop(options: LoopBenchOptions = {}): Promise<BenchLine> {
  const { turns = 100, runs = 5 } = options;
  const steps = [shellCall("true"), say("done")];
  await using server = await startModelServer([
    { match: "", steps: Array.from({ length: turns * (runs + 1) * 2 }, () => steps).flat() },
  ]);
  await using dir = await tempDir("oriel-bench-");
  const ours = options.ours ?? ((url, count) => ourTurns(url, count, dir.path, options.ports));
  const measured = { ours: Array<number>(), theirs: Array<number>() };
  // The first pair only warms up: code, sockets, the file cache.
  for (let run = 0; run <= runs; run += 1) {
    const our = await timed(() => ours(server.url, turns));
    const their = await timed(() => bareTurns(server.url, turns, dir.path));
    if (run === 0) continue;
    measured.ours.push(our / turns);
    measured.theirs.push(their / turns);
  }
  const [a, b] = [median(measured.ours), median(measured.theirs)];
  return { name: "loop", ours: round(a), theirs: round(b), unit: "ms/turn", ratio: round(a / b), runs };
}

async function ourTurns(
  url: string,
  turns: number,
  worktree: string,
  ports: Partial<TurnPorts> = {},
): Promise<void> {
  const agent: Agent = createOrielAgent({
    model: createModel({ provider: "compatible", baseUrl: url, apiKey: "none", wire: "responses" }),
  });
  await using session = testSession(worktree, { ports });
  for (let turn = 0; turn < turns; turn += 1) {
    const end = await session.run(agent, "run true");
    if (end.kind !== "completed") throw new Error(`the turn ended as ${JSON.stringify(end)}`);
  }
}

const doneEvent = z.object({
  type: z.literal("response.output_item.done"),
  item: z.record(z.string(), z.unknown()),
});
const shellItem = z.looseObject({
  type: z.literal("function_call"),
  call_id: z.string(),
  arguments: z.string(),
});
const shellArguments = z.looseObject({ command: z.string() });

/** The least that does the same: the whole conversation in each request, the stream read, the command run. */
async function bareTurns(url: string, turns: number, cwd: string): Promise<void> {
  const input: Record<string, unknown>[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    input.push({ role: "user", content: [{ type: "input_text", text: "run true" }] });
    for (let calls = -1; calls !== 0;) {
      const items = await bareRequest(url, input);
      input.push(...items);
      calls = 0;
      for (const item of items) {
        const call = shellItem.safeParse(item);
        if (!call.success) continue;
        calls += 1;
        const { command } = shellArguments.parse(JSON.parse(call.data.arguments));
        input.push({
          type: "function_call_output",
          call_id: call.data.call_id,
          output: await bareCommand(command, cwd),
        });
      }
    }
  }
}

async function bareRequest(url: string, input: unknown[]): Promise<Record<string, unknown>[]> {
  const body = {
    model: "mock",
    instructions: INSTRUCTIONS,
    tools: TOOL_DEFINITIONS,
    input,
    stream: true,
    store: false,
  };
  const response = await fetch(`${url}/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const events = (await response.text()).split("\n\n").filter((text) => text.includes("data: "));
  return events.flatMap((text) => {
    const event = doneEvent.safeParse(JSON.parse(text.slice(text.indexOf("data: ") + 6)));
    return event.success ? [event.data.item] : [];
  });
}

async function bareCommand(command: string, cwd: string): Promise<string> {
  const child = spawn("bash", ["-c", command], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (piece) => (output += piece));
  child.stderr.on("data", (piece) => (output += piece));
  const [code] = await once(child, "close");
  return `exit_code: ${code}\noutput:\n${output}`;
}

async function timed(run: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const round = (value: number): number => Math.round(value * 100) / 100;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.stdout.write(`${JSON.stringify(await benchLoop())}\n`);
}
