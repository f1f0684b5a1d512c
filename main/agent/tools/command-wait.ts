import type { CommandExit } from "../agent.ts";
import { sleep, type Clock } from "../clock.ts";
import type { TrackedCommand } from "./command-table.ts";
import type { ToolContext } from "./tool.ts";

/** How long a killed command may take to be gone before we stop waiting for it: milliseconds. */
const KILL_LIMIT_MS = 5_000;

/** A command may have this long to end when the person steers: most do, and need no second call. Milliseconds. */
const STEER_GRACE_MS = 300;

/** Why a wait is over: the command ended, its time to yield came, the person steered, or the turn was stopped. */
export type WaitEnd =
  | { readonly kind: "exited"; readonly exit: CommandExit }
  | { readonly kind: "yielded" }
  | { readonly kind: "steered" }
  | { readonly kind: "stopped"; readonly exit: CommandExit | null };

/** Waits for a command, showing its output as it comes under `item`. A stopped turn kills it. */
export async function waitForCommand(
  tracked: TrackedCommand,
  item: string,
  yieldMs: number,
  context: ToolContext,
): Promise<WaitEnd> {
  const { turn } = context;
  const unwatch = showOutput(tracked, item, context);
  const waiting = new AbortController();
  const signal = AbortSignal.any([turn.signal, waiting.signal]);
  try {
    const first = await Promise.race([
      tracked.command.exited(signal),
      timePassed(context, yieldMs, signal),
      steeredFor(context, signal),
    ]);
    if (turn.signal.aborted) return { kind: "stopped", exit: await killed(tracked, context.clock) };
    if (first === "yielded" || first === "steered") return { kind: first };
    return first ? { kind: "exited", exit: first } : { kind: "yielded" };
  } finally {
    waiting.abort();
    unwatch();
  }
}

function timePassed({ clock }: ToolContext, ms: number, signal: AbortSignal): Promise<"yielded"> {
  return new Promise((resolve) => {
    const end = (): void => resolve("yielded");
    const stop = clock.timer(ms, end);
    signal.addEventListener("abort", () => (stop(), end()), { once: true });
  });
}

async function steeredFor({ ports, clock }: ToolContext, signal: AbortSignal): Promise<"steered"> {
  await ports.steered(signal);
  await sleep(clock, STEER_GRACE_MS, signal);
  return "steered";
}

/** Ends a command; its exit, or null where that is not known in time: whoever ends it may be stuck itself. */
export async function killed(
  { command }: Pick<TrackedCommand, "command">,
  clock: Clock,
): Promise<CommandExit | null> {
  const done = new AbortController();
  const exited = command.kill().then(() => command.exited(done.signal));
  const late = sleep(clock, KILL_LIMIT_MS, done.signal).then(() => null);
  try {
    return await Promise.race([exited, late]);
  } finally {
    done.abort();
    // Whoever no longer waits for it need not know that it failed.
    exited.catch(() => undefined);
  }
}

function showOutput({ command }: TrackedCommand, item: string, { ports }: ToolContext): () => void {
  const decoder = new TextDecoder();
  return command.watch((piece) => {
    const text = decoder.decode(piece, { stream: true });
    if (text !== "") ports.delta({ item, kind: "output", text });
  });
}
