import { z } from "zod";
import type { RecordedRequest, Reply, Route, Script } from "./script.ts";

const entry = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z.unknown().optional(),
});
type Entry = z.infer<typeof entry>;

/** The entries of a conversation, whichever wire it came by. */
function entriesOf(body: Record<string, unknown>): Entry[] {
  const list = z.array(entry).safeParse(body["input"] ?? body["messages"]);
  return list.success ? list.data : [];
}

const isAnswer = (it: Entry): boolean =>
  it.role === "assistant" || it.type === "function_call" || it.type === "reasoning";

/** How many answers of a model a conversation holds: runs of entries that only a model writes. */
const answersIn = (entries: Entry[]): number =>
  entries.filter((it, at) => isAnswer(it) && !(at > 0 && isAnswer(entries[at - 1] ?? it))).length;

/** Finds the reply to each request. Counts steps per route and conversation, told apart by `prompt_cache_key`. */
export function router(script: Script): (request: RecordedRequest) => Reply {
  const taken = new Map<string, number>();
  return (request) => {
    const entries = entriesOf(request.body);
    const words = entries.filter((it) => it.role === "user").map((it) => JSON.stringify(it.content) ?? "");
    const wanted = (route: Route): boolean =>
      words.some((text) => text.includes(JSON.stringify(route.match).slice(1, -1)));
    const index = script.findIndex(wanted);
    const route = script[index];
    if (!route)
      return { status: 400, body: { error: { message: "no route of the script matches", code: null } } };
    const key = `${index} ${JSON.stringify(request.body["prompt_cache_key"] ?? null)}`;
    const count = taken.get(key) ?? 0;
    taken.set(key, count + 1);
    const at = route.by === "conversation" ? answersIn(entries) : count;
    const step = route.steps[Math.min(at, route.steps.length - 1)] ?? {};
    return typeof step === "function" ? step(request) : step;
  };
}
