import type { Event, EventBody } from "#shared/session/events.ts";
import type { RawItem } from "../models/model.ts";
import type { Turn, TurnPorts } from "../agent.ts";
import { contextMessage } from "./prompt.ts";

/**
 * The conversation and the log, kept as one: an entry is in the next request exactly when its event is stored, in the
 * order and in the (redacted) words in which it is stored.
 */
export interface Journal {
  /** The `input` of the next request: always the one before, and more. */
  input(): readonly RawItem[];
  started(body: EventBody<"item.started">): Promise<void>;
  completed(body: EventBody<"item.completed">): Promise<void>;
  /** Takes in what the person steered with; false where there was nothing. */
  takeSteering(): Promise<boolean>;
}

export function openJournal(turn: Turn, ports: TurnPorts): Journal {
  const entries: RawItem[] = [contextMessage(turn), ...conversationOf(turn.history)];
  return {
    input: () => [...entries],
    async started(body) {
      entries.push(...conversationOf([await ports.emit("item.started", body)]));
    },
    async completed(body) {
      entries.push(...conversationOf([await ports.emit("item.completed", body)]));
    },
    async takeSteering() {
      const events = await ports.takeSteering();
      entries.push(...conversationOf(events));
      return events.length > 0;
    },
  };
}

/** What of a log the model has seen: the concatenation of `model` over its events. */
export const conversationOf = (events: readonly Event[]): RawItem[] =>
  events.flatMap((event) =>
    event.type === "item.started" || event.type === "item.completed" ? (event.body.model ?? []) : [],
  );
