import { assertNever } from "#shared/kernel/assert-never.ts";
import { chooseRecipe } from "./choose.ts";
import { canonical, type Entry, type PastCall } from "./conversation.ts";
import type { Recipe, ToolCall } from "./steps.ts";

/** What the model says and which tools it calls. Without calls the turn is over. */
export interface Reply {
  readonly text: string;
  readonly calls: readonly ToolCall[];
}

/** The model's next reply to a conversation: a pure function of it. */
export function nextReply(entries: readonly Entry[]): Reply {
  const { task, calls, remark } = currentTask(entries);
  const reply = replay(chooseRecipe(task), calls);
  if (remark === null) return reply;
  return { ...reply, text: `${cannotSteer(remark)}\n\n${reply.text}`.trimEnd() };
}

interface CurrentTask {
  readonly task: string;
  readonly calls: readonly PastCall[];
  /** What the person said during the work and the model has not answered yet. */
  readonly remark: string | null;
}

/**
 * The task in hand: the last message of the person that came when nothing was in progress. "Continue …" is never one; what else
 * comes while a recipe is under way is a remark.
 */
function currentTask(entries: readonly Entry[]): CurrentTask {
  let current: { task: string; calls: PastCall[]; remark: string | null } | null = null;
  for (const entry of entries) {
    switch (entry.kind) {
      case "model":
        if (current) current.remark = null;
        break;
      case "call":
        current?.calls.push(entry.call);
        break;
      case "person":
        if (current && isContinuation(entry.text)) {
          current.calls = current.calls.map(forgetRefusal);
          break;
        }
        if (current && !isFinished(current)) current.remark = entry.text;
        else current = { task: entry.text, calls: [], remark: null };
        break;
      default:
        assertNever(entry);
    }
  }
  return current ?? { task: "", calls: [], remark: null };
}

/** What was refused (denied, no daemon) is tried again when the person says to go on. */
const forgetRefusal = (call: PastCall): PastCall =>
  call.output?.startsWith("not run: ") ? { ...call, output: null } : call;

const isContinuation = (text: string): boolean =>
  /^(please\s+)?(continue|go on|carry on|resume)\b/i.test(text);

const isFinished = (current: { task: string; calls: readonly PastCall[] }): boolean =>
  replay(chooseRecipe(current.task), current.calls).calls.length === 0;

const cannotSteer = (remark: string): string =>
  `I am the offline demo: I follow a fixed recipe and cannot take this into account: “${shorten(remark)}”. I go on with the task.`;

const shorten = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
};

/**
 * Runs `recipe` against the calls that were made already and answers with its first step that is not done. Calls without an
 * output (lost or interrupted) are asked for again, the others of the same step are not.
 */
export function replay(recipe: Recipe, past: readonly PastCall[]): Reply {
  const steps = recipe();
  let cursor = 0;
  let state = steps.next();
  while (!state.done) {
    const move = state.value;
    if (move.kind === "stop") return { text: move.text, calls: [] };
    const found = findOutputs(move.calls, past, cursor);
    if (found.missing.length > 0) {
      const isNew = found.missing.length === move.calls.length;
      return { text: isNew ? move.say : "", calls: found.missing };
    }
    cursor = found.cursor;
    state = steps.next(found.outputs);
  }
  return { text: state.value, calls: [] };
}

function findOutputs(calls: readonly ToolCall[], past: readonly PastCall[], from: number) {
  const used = new Set<number>();
  const outputs: string[] = [];
  const missing: ToolCall[] = [];
  for (const call of calls) {
    const args = canonical(JSON.stringify(call.args));
    const index = past.findIndex(
      (made, at) =>
        at >= from && !used.has(at) && made.name === call.name && made.output !== null && made.args === args,
    );
    const output = past[index]?.output;
    if (output === undefined || output === null) missing.push(call);
    else {
      used.add(index);
      outputs.push(output);
    }
  }
  return { outputs, missing, cursor: Math.max(from, ...[...used].map((at) => at + 1)) };
}
