/** One response of the model, as it streams: shown, logged, and taken into the conversation only when it is whole. */
import { newId } from "#shared/kernel/ids.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { cut } from "../models/faults.ts";
import type { Fault, ModelEvent, OutputItem, RawItem, TokenCount } from "../models/model.ts";
import type { ToolContext } from "../tools/tool.ts";
import { openCall, type OpenCall } from "./calls.ts";
import type { Journal } from "./journal.ts";

export interface Response {
  /** `cut` where the server failed before its end. */
  readonly end:
    | { readonly kind: "completed" }
    | { kind: "incomplete"; reason: string }
    | { kind: "cut"; fault: Fault }
    | { kind: "aborted" };
  /** Calls that arrived whole. They are logged and have to be answered, whatever the end. */
  readonly calls: readonly OpenCall[];
  readonly usage: TokenCount | null;
  readonly garbage: readonly string[];
}

/** An item that is shown. `whole` once the server sent all of it. */
interface Shown {
  readonly item: string;
  readonly kind: "message" | "reasoning";
  text: string;
  whole: { readonly raw: RawItem; readonly before: readonly RawItem[] } | null;
}

/**
 * A message enters the conversation when the response ends well or when a call follows it: what a cut answer said is
 * shown as interrupted and asked for again. A thought enters it with the item that it led to, since a server refuses
 * thoughts that lead to nothing.
 */
export async function readResponse(
  events: AsyncIterable<ModelEvent>,
  journal: Journal,
  context: ToolContext,
): Promise<Response> {
  const shown = new Map<string, Shown>();
  const calls: OpenCall[] = [];
  const garbage: string[] = [];
  let thoughts: RawItem[] = [];
  const takeThoughts = (): RawItem[] => {
    const taken = thoughts;
    thoughts = [];
    return taken;
  };
  const show = (key: string, kind: Shown["kind"]): Promise<Shown> =>
    showItem(shown, key, kind, journal, context);
  const commit = (): Promise<void> => closeItems(shown, "completed", journal, context);
  const end = async (how: Response["end"], usage: TokenCount | null): Promise<Response> => {
    if (how.kind === "completed" || how.kind === "incomplete") await commit();
    await closeItems(shown, "interrupted", journal, context);
    return { end: how, calls, usage, garbage };
  };

  const take = async (key: string, item: OutputItem): Promise<void> => {
    switch (item.kind) {
      case "reasoning":
        if (item.raw) thoughts.push(item.raw);
        await endReasoning(shown, key, item.text, show, journal, context);
        return;
      case "message": {
        if (item.text === "") return;
        const message = await show(key, "message");
        message.text = item.text;
        message.whole = { raw: item.raw, before: takeThoughts() };
        return;
      }
      case "call":
        await commit();
        calls.push(await openCall(item, takeThoughts(), journal, context));
        return;
      default:
        assertNever(item);
    }
  };

  for await (const event of events) {
    if (context.turn.signal.aborted) break;
    switch (event.type) {
      case "delta": {
        const item = await show(event.key, event.kind);
        item.text += event.text;
        context.ports.delta({ item: item.item, kind: event.kind, text: event.text });
        break;
      }
      case "item":
        await take(event.key, event.item);
        break;
      case "garbage":
        garbage.push(event.details);
        break;
      case "completed":
        return end({ kind: "completed" }, event.usage);
      case "incomplete":
        return end({ kind: "incomplete", reason: event.reason }, event.usage);
      case "fault":
        return end({ kind: "cut", fault: event.fault }, null);
      default:
        assertNever(event);
    }
  }
  if (context.turn.signal.aborted) return end({ kind: "aborted" }, null);
  return end({ kind: "cut", fault: cut("ended", "the stream ended without a last event") }, null);
}

async function showItem(
  shown: Map<string, Shown>,
  key: string,
  kind: Shown["kind"],
  journal: Journal,
  { turn }: ToolContext,
): Promise<Shown> {
  const known = shown.get(key);
  if (known) return known;
  const item: Shown = { item: newId("itm"), kind, text: "", whole: null };
  shown.set(key, item);
  await journal.started({ turn: turn.turn, item: item.item, content: contentOf(item) });
  return item;
}

const contentOf = ({ kind, text }: Shown) =>
  kind === "message" ? { kind, role: "agent" as const, text } : { kind, text };

/** A thought without words (only encrypted) is not shown. */
async function endReasoning(
  shown: Map<string, Shown>,
  key: string,
  text: string,
  show: (key: string, kind: "reasoning") => Promise<Shown>,
  journal: Journal,
  { turn }: ToolContext,
): Promise<void> {
  if (text === "" && !shown.has(key)) return;
  const item = await show(key, "reasoning");
  shown.delete(key);
  item.text = text === "" ? item.text : text;
  await journal.completed({
    turn: turn.turn,
    item: item.item,
    status: "completed",
    content: contentOf(item),
  });
}

/** Closes what is shown: as `completed` only what is whole, as `interrupted` all that is left. */
async function closeItems(
  shown: Map<string, Shown>,
  status: "completed" | "interrupted",
  journal: Journal,
  { turn }: ToolContext,
): Promise<void> {
  for (const [key, item] of shown) {
    if (status === "completed" && !item.whole) continue;
    shown.delete(key);
    const model =
      status === "completed" && item.whole ? { model: [...item.whole.before, item.whole.raw] } : {};
    await journal.completed({
      turn: turn.turn,
      item: item.item,
      status,
      content: contentOf(item),
      ...model,
    });
  }
}
