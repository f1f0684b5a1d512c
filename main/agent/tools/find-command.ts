import { newId } from "#shared/kernel/ids.ts";
import type { ItemContent } from "#shared/session/items.ts";
import { sleep } from "../clock.ts";
import { killed } from "./command-wait.ts";
import { readable } from "./output-text.ts";
import { textResult, type ToolContext, type ToolResult } from "./tool.ts";

/** A search may take this long before it is ended, in milliseconds, and print this many bytes that are looked at. */
const TIME_LIMIT_MS = 60_000;
const MAX_BYTES = 128 * 1024;
const MAX_LINES = 500;

/**
 * Runs a searching command line in the sandbox like any other, and tells its lines. `none` is what is said where it
 * exits with 1 and prints nothing, as `rg` and `grep` do where nothing matches.
 */
export async function findLines(
  content: Extract<ItemContent, { kind: "tool_call" }>,
  search: { item: string; command: string; none: string },
  context: ToolContext,
): Promise<ToolResult> {
  const { turn, ports, clock } = context;
  const { item, command: line } = search;
  const request = { item, handle: newId("cmd"), command: line, cwd: "", stdin: false, reads: true } as const;
  const started = await ports.commands.start(request, turn.signal);
  if (!started.ok) {
    const status = started.failure.code === "denied" ? "denied" : "failed";
    return textResult(content, `not run: ${started.failure.message}`, status);
  }
  const command = started.value;
  const waiting = new AbortController();
  const signal = AbortSignal.any([turn.signal, waiting.signal]);
  const slow = sleep(clock, TIME_LIMIT_MS, signal).then(() => null);
  const exit = await Promise.race([command.exited(signal), slow]);
  waiting.abort();
  if (exit === null) await killed({ command }, clock);
  if (exit === null && turn.signal.aborted)
    return textResult(content, "stopped by the person", "interrupted");
  if (exit === null)
    return textResult(content, "took longer than a minute and was ended: narrow it", "failed");
  const { bytes, total } = await command.read(0, MAX_BYTES);
  await command.finish();
  const text = readable(bytes);
  if (exit.exitCode === 1 && text === "") return textResult(content, search.none);
  if (exit.exitCode !== 0 && exit.exitCode !== 1)
    return textResult(content, text || "failed without a word", "failed");
  return textResult(content, text === "" ? search.none : firstLines(text, total > bytes.length));
}

/** At most `MAX_LINES` whole lines, with a last line in brackets where there are more. */
function firstLines(text: string, cut: boolean): string {
  const all = text.replace(/\n$/, "").split("\n");
  const lines = (cut ? all.slice(0, -1) : all).slice(0, MAX_LINES);
  const more = cut ? "more lines" : `${all.length - lines.length} more lines`;
  return cut || all.length > lines.length
    ? `${lines.join("\n")}\n[${more}: narrow it by path or glob]`
    : lines.join("\n");
}
