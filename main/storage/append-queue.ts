import type { Event, UnknownEvent } from "#shared/session/events.ts";
import { isKnown } from "#shared/session/events.ts";
import type { AppendCall, Stored } from "./appender.ts";
import { errorOf } from "./protocol.ts";
import type { Answer } from "./protocol.ts";

interface Waiting {
  readonly call: AppendCall;
  readonly resolve: (events: readonly Event[]) => void;
  readonly reject: (error: Error) => void;
}

/** Appends on their way to the disk, in the order in which they were asked for. */
export interface AppendQueue {
  add(call: AppendCall): Promise<readonly Event[]>;
  /** Sends at once what would go at the end of this tick. */
  flush(): void;
  /** The answers to the oldest calls, one each. */
  settle(answers: readonly Answer<Stored>[]): void;
  /** Rejects all that waits. */
  fail(error: Error): void;
}

/**
 * `send` gets the calls of one tick together, so that many small appends cost one message; `publish` gets what was
 * committed, in commit order, before the calls' own promises resolve.
 */
export function createAppendQueue(
  send: (calls: readonly AppendCall[]) => void,
  publish: (events: readonly Event[]) => void,
): AppendQueue {
  let unsent: Waiting[] = [];
  const sent: Waiting[] = [];

  const flush = (): void => {
    if (unsent.length === 0) return;
    const waiting = unsent;
    unsent = [];
    for (const one of waiting) sent.push(one);
    send(waiting.map(({ call }) => call));
  };

  return {
    add(call) {
      if (unsent.length === 0) queueMicrotask(flush);
      return new Promise((resolve, reject) => void unsent.push({ call, resolve, reject }));
    },
    flush,
    settle(answers) {
      const settled = sent.splice(0, answers.length).map((waiting, index) => {
        const answer = answers[index]!;
        return { waiting, answer, events: answer.ok ? eventsOf(waiting.call, answer.value) : [] };
      });
      const events = settled.flatMap((entry) => entry.events);
      if (events.length > 0) publish(events);
      for (const { waiting, answer, events } of settled) {
        if (answer.ok) waiting.resolve(events);
        else waiting.reject(errorOf(answer.problem));
      }
    },
    fail(error) {
      const all = [...sent.splice(0), ...unsent];
      unsent = [];
      for (const { reject } of all) reject(error);
    },
  };
}

/** The events of a call as they are in the log: from the text that was stored, not from what the caller still holds. */
function eventsOf(call: AppendCall, { firstId, seqs }: Stored): Event[] {
  return call.map(({ body, ...draft }, index) => {
    const event: UnknownEvent = { id: firstId + index, seq: seqs[index]!, ...draft, body: JSON.parse(body) };
    if (!isKnown(event)) throw new Error(`stored an event of unknown type ${event.type}`);
    return event;
  });
}
