import type { SessionRecord } from "./record.ts";
import type { Place, Places } from "./places.ts";
import { newId } from "#shared/kernel/ids.ts";

/**
 * A turn's place among those that run. While a person is asked the place is free for another session; the turn takes
 * one again, before all that wait, when it can go on.
 */
export interface HeldPlace {
  /** The turn's: aborted when the person stops it. */
  readonly signal: AbortSignal;
  whileAsking<Value>(wait: () => Promise<Value>): Promise<Value>;
  free(): void;
}

export function holdPlace(places: Places, first: Place, signal: AbortSignal): HeldPlace {
  let place: Place | null = first;
  let taking: Promise<void> | null = null;

  const takeAgain = async (): Promise<void> => {
    // An aborted turn has only its end to write, and needs no place for that.
    place = await places.take(signal, { front: true }).catch(() => null);
    taking = null;
  };
  return {
    signal,
    whileAsking: async (wait) => {
      place?.free();
      place = null;
      const value = await wait();
      if (place === null) await (taking ??= takeAgain());
      return value;
    },
    free: () => place?.free(),
  };
}

export interface ApprovalRequest {
  readonly item: string;
  /** What would be done, in full. */
  readonly action: string;
  readonly reason: string;
}

export interface ApprovalAnswer {
  readonly approved: boolean;
  /** What the person said with it, for the agent. */
  readonly note?: string;
}

/**
 * Asks for a yes or no, as an event, and waits for the answer, which is one too. Rejects when `signal` aborts: nobody has
 * said no, and the question is stale.
 */
export async function requestApproval(
  record: SessionRecord,
  turn: string,
  request: ApprovalRequest,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  const approval = newId("apr");
  const answered = record.next(
    (event) => (event.type === "approval.resolved" && event.body.approval === approval ? event.body : null),
    signal,
  );
  await record.append("approval.requested", { ...request, turn, approval }, "agent");
  const answer = await answered;
  if (answer === null) {
    await record.append("approval.resolved", { approval, decision: "stale" });
    signal.throwIfAborted();
    throw new Error(`approval ${approval} ended without an answer`);
  }
  return {
    approved: answer.decision === "approved",
    ...(answer.note === undefined ? {} : { note: answer.note }),
  };
}

/**
 * Waits for the person's answer to a question that the agent has asked as an item: it may have come before anybody
 * waited, since the question can be seen as soon as it is stored. Rejects when `signal` aborts.
 */
export async function awaitAnswer(record: SessionRecord, item: string, signal: AbortSignal): Promise<string> {
  const asked = record.summary.open.find((open) => open.item === item)?.content;
  if (asked?.kind === "question" && asked.answer !== undefined) return asked.answer;
  const answer = await record.next(
    (event) => (event.type === "question.answered" && event.body.item === item ? event.body.answer : null),
    signal,
  );
  signal.throwIfAborted();
  return answer ?? "";
}
