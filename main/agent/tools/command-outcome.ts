import type { ItemStatus } from "#shared/session/items.ts";
import type { FinishedCommand } from "../agent.ts";
import type { TrackedCommand } from "./command-table.ts";
import { commandText } from "./command-text.ts";
import { waitForCommand, type WaitEnd } from "./command-wait.ts";
import { outputFrom } from "./output-text.ts";
import type { ToolContext } from "./tool.ts";

export const DEFAULT_YIELD_MS = 10_000;
/** A model that asks for an hour would else be deaf for an hour. */
const MAX_YIELD_MS = 300_000;

/** One wait for a command, as the model reads it. `finished` is null while the command still runs. */
export interface CommandOutcome {
  readonly status: ItemStatus;
  readonly finished: FinishedCommand | null;
  readonly durationMs: number;
  readonly text: string;
  readonly fingerprint: string | null;
}

/** Waits for `tracked`, at most `yieldMs`, and tells how it stands, with the output that was not told before. */
export async function commandOutcome(
  tracked: TrackedCommand,
  item: string,
  yieldMs: number | null,
  context: ToolContext,
): Promise<CommandOutcome> {
  const { command } = tracked;
  const startedAt = context.clock.now();
  const limit = Math.min(Math.max(yieldMs ?? DEFAULT_YIELD_MS, 0), MAX_YIELD_MS);
  const end = await waitForCommand(tracked, item, limit, context);
  const waitedMs = context.clock.now() - startedAt;
  // Who could not end it in time would not answer what it has written either.
  if (end.kind === "stopped" && end.exit === null) {
    context.commands.forget(command.handle);
    return notEnded(command.handle, waitedMs);
  }
  const { text: output, end: offset } = await outputFrom(command, tracked.offset);
  tracked.offset = offset;
  const note = noteOn(end);
  if (end.kind === "yielded" || end.kind === "steered") {
    const text = commandText({ state: { running: command.handle }, durationMs: waitedMs, output, note });
    return { status: "completed", finished: null, durationMs: waitedMs, text, fingerprint: null };
  }
  const finished = await command.finish();
  context.commands.forget(command.handle);
  const { exit, blocked } = finished;
  return {
    status: end.kind === "stopped" ? "interrupted" : exit.exitCode === 0 ? "completed" : "failed",
    finished,
    durationMs: exit.durationMs,
    text: commandText({ state: { exit }, durationMs: exit.durationMs, output, blocked, note }),
    fingerprint: JSON.stringify([exit.exitCode, exit.signal, output]),
  };
}

function notEnded(handle: string, durationMs: number): CommandOutcome {
  const note = "the person stopped the turn; whether the command has ended is not known";
  const text = commandText({ state: { running: handle }, durationMs, output: "", note });
  return { status: "interrupted", finished: null, durationMs, text, fingerprint: null };
}

function noteOn(end: WaitEnd): string | null {
  if (end.kind === "stopped") return "the person stopped the turn; the command was ended";
  return end.kind === "steered"
    ? "the wait ended early because the person wrote to you; it still runs"
    : null;
}
