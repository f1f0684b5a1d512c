import type { Event } from "#shared/session/events.ts";
import type { SessionRecord } from "./record.ts";

/** A command as its notice names it. `item`: that of its call, where it is known. */
export interface NoticedCommand {
  readonly handle: string;
  readonly item?: string;
  readonly line?: string;
}

/**
 * What the sandbox kept a command from, as an event: said by whoever tells the command's end, the agent's turn or what
 * comes after it, and once, whoever died in between.
 */
export async function sayBlocked(
  record: SessionRecord,
  readHistory: (session: string) => Promise<readonly Event[]>,
  command: NoticedCommand,
  blocked: readonly string[],
): Promise<void> {
  if (blocked.length === 0) return;
  const history = await readHistory(record.id);
  const known = { ...command, ...commandOf(history, command.handle) };
  if (isSaid(history, known)) return;
  await record.append("notice", {
    level: "warning",
    code: CODE,
    text: `The sandbox kept a command from: ${blocked.join(", ")}`,
    details: known.line ?? known.handle,
    ...(known.item !== undefined && { item: known.item }),
  });
}

const CODE = "sandbox_blocked";

/** The hosts that a command asked its proxy for in vain, in a notice's words. */
export const blockedHosts = (hosts: readonly string[]): readonly string[] =>
  hosts.map((host) => `network ${host}`);

/** The agent's own searches have a handle that no item names. */
function commandOf(history: readonly Event[], handle: string): { item?: string; line?: string } {
  for (const { type, body } of history) {
    if (type !== "item.started" || body.content.kind !== "command") continue;
    if (body.content.handle === handle) return { item: body.item, line: body.content.command };
  }
  return {};
}

const isSaid = (history: readonly Event[], { item }: NoticedCommand): boolean =>
  item !== undefined &&
  history.some(({ type, body }) => type === "notice" && body.code === CODE && body.item === item);
