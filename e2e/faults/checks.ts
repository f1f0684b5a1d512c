/** What must hold in the log and in the worktrees, whatever died. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { dataDir } from "#main/kernel/data-dir.ts";
import type { Log } from "#main/storage/log.ts";
import { verifyLogFile } from "#main/storage/log.ts";
import { isKnown } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import type { Part } from "./person.ts";
import { effectsOf } from "./script.ts";

export async function eventsOf(log: Log): Promise<readonly UnknownEvent[]> {
  const events: UnknownEvent[] = [];
  for (;;) {
    const page = await log.read({ after: events.at(-1)?.id ?? 0, limit: 1000 });
    if (page.length === 0) return events;
    events.push(...page);
  }
}

/** What clients were given is in the log as it was given, the numbers have no gap, and the chain holds. */
export function checkLog(
  root: string,
  given: readonly UnknownEvent[],
  logged: readonly UnknownEvent[],
): readonly string[] {
  const byId = new Map(logged.map((event) => [event.id, JSON.stringify(event)]));
  const problems = given
    .filter((event) => byId.get(event.id) !== JSON.stringify(event))
    .map((event) => `given to a client and not in the log: ${event.id} ${event.type}`);
  const last = new Map<string, number>();
  for (const { stream, seq } of logged) {
    if (seq !== (last.get(stream) ?? 0) + 1) problems.push(`a gap in ${stream} before ${seq}`);
    last.set(stream, seq);
  }
  const verdict = verifyLogFile(path.join(dataDir(root).state, "log.db"));
  if (!verdict.ok) problems.push(`the chain breaks at ${verdict.at}: ${verdict.reason}`);
  return problems;
}

/** Every item that began has ended once. */
export function checkItems(events: readonly UnknownEvent[]): readonly string[] {
  const known = events.filter(isKnown);
  const ends = new Map<string, number>();
  for (const event of known) {
    if (event.type === "item.completed") ends.set(event.body.item, (ends.get(event.body.item) ?? 0) + 1);
  }
  return known.flatMap((event) => {
    if (event.type !== "item.started" || ends.get(event.body.item) === 1) return [];
    const { item, content } = event.body;
    return [`item ${item} (${content.kind}) ended ${ends.get(item) ?? 0} times`];
  });
}

/** No effect twice; and none missing, unless a daemon died under it, which nobody can make up for. */
export async function checkEffects(
  { id, title, worktree }: SessionSummary,
  parts: readonly Part[],
): Promise<readonly string[]> {
  const text = await readFile(path.join(worktree ?? "", "effects.txt"), "utf8").catch(() => "");
  const found = text.split("\n").filter(Boolean);
  return parts
    .filter(({ session }) => session === id)
    .flatMap(({ number, daemonDied }) =>
      effectsOf(number).flatMap((effect) => {
        const times = found.filter((line) => line === effect).length;
        if (times === 1 || (times === 0 && daemonDied)) return [];
        return [`${title}: the effect "${effect}" happened ${times} times`];
      }),
    );
}
