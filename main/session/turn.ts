import { setTimeout as sleep } from "node:timers/promises";
import type { Agent, Delta, Turn, TurnEnd, TurnPorts, WorktreeFiles, Commands } from "#main/agent/agent.ts";
import { systemClock } from "#main/agent/clock.ts";
import { personMessage } from "#main/agent/person-message.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { ChangeSize, Event } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { startMeasuring } from "./measuring.ts";
import type { Measuring } from "./measuring.ts";
import { messagesWait, opening } from "./opening.ts";
import { awaitAnswer, holdPlace, requestApproval } from "./person.ts";
import type { HeldPlace } from "./person.ts";
import type { Places } from "./places.ts";
import type { RunningTurn, SessionRecord } from "./record.ts";

/** What a turn needs from outside. One for all sessions of a host. */
export interface TurnServices {
  readonly places: Places;
  readonly stepLimit: number;
  readonly sandboxed: boolean;
  agentFor(summary: SessionSummary): Promise<Result<Agent>>;
  readHistory(session: string): Promise<readonly Event[]>;
  /** Makes the worktree where the session has none yet; writes `worktree.ready` or `worktree.failed`. */
  prepare(record: SessionRecord): Promise<boolean>;
  /** After a turn, whatever its end: checkpoint, branch, size of the change. Writes what became of it. */
  wrapUp(record: SessionRecord, turn: string): Promise<ChangeSize | null>;
  /** The size of the change now; null where it can't be had. */
  measure(session: string, signal: AbortSignal): Promise<ChangeSize | null>;
  /** See `startMeasuring`. */
  readonly measureRestMs: number;
  projectInstructions(record: SessionRecord): Promise<string | null>;
  commandsFor(record: SessionRecord, turn: string, place: HeldPlace): Commands;
  filesFor(record: SessionRecord): WorktreeFiles;
  /** Lets the daemon forget what ended: all of it is in the log. */
  releaseCommands(record: SessionRecord): Promise<void>;
  /** Shows a piece of a streaming item to whoever looks. */
  onDelta(session: string, delta: Delta): void;
  /** Says what could not even be written to the log (a full disk). */
  report(error: unknown): void;
}

/** A daemon that does not answer must not keep a turn from its end: it forgets after the next one. In ms. */
const RELEASE_MS = 2000;

/**
 * Starts the turn that the session's log asks for: its task, the messages that wait, or the rest of what was cut off.
 * Resolves when the turn is under way or queued; `record.turn.ended` tells its end.
 */
export function startTurn(record: SessionRecord, services: TurnServices): RunningTurn {
  if (record.turn) throw new Error(`session ${record.id} has a turn already`);
  const id = newId("trn");
  const abort = new AbortController();
  const { promise: begun, resolve: begins } = Promise.withResolvers<void>();
  const running: RunningTurn = {
    id,
    abort,
    begun,
    ended: run(record, services, id, abort.signal, begins)
      .then(() => messagesWait(record.summary) && !abort.signal.aborted)
      // Nothing follows by itself: it would break in the same way.
      .catch((error: unknown) => endBySurprise(record, services, id, error).then(() => false))
      .then((goesOn) => {
        record.turn = null;
        begins();
        if (goesOn) startTurn(record, services);
      }),
  };
  record.turn = running;
  return running;
}

/** Whatever breaks outside the agent: the turn must not seem to run, or to be prepared, for ever. */
async function endBySurprise(
  record: SessionRecord,
  services: TurnServices,
  turn: string,
  error: unknown,
): Promise<void> {
  const failure = failureOf(error) ?? surprise(error);
  const { summary } = record;
  const isOver = summary.turn?.id === turn && summary.turn.status !== "running";
  try {
    if (isOver) services.report(error);
    else if (summary.worktree === null) await record.append("worktree.failed", { failure });
    else await record.append("turn.failed", { turn, failure });
  } catch {
    services.report(error);
  }
}

async function run(
  record: SessionRecord,
  services: TurnServices,
  turn: string,
  signal: AbortSignal,
  begins: () => void,
): Promise<void> {
  const queued = services.places.free === 0;
  if (queued) await record.append("session.queued", { turn });
  // To make a worktree takes its time, and can be seen.
  if (queued || record.summary.worktree === null) begins();
  const first = await services.places.take(signal).catch(() => null);
  if (first === null) {
    await record.append("turn.interrupted", { turn, reason: "stopped", text: "Stopped before it began." });
    return;
  }
  const place = holdPlace(services.places, first, signal);
  try {
    if (!(await services.prepare(record))) return;
    await begin(record, services, turn);
    begins();
    const end = await runAgent(record, services, turn, place, signal);
    await finish(record, services, turn, end, signal);
    await Promise.race([services.releaseCommands(record), sleep(RELEASE_MS, undefined, { ref: false })]);
  } finally {
    place.free();
  }
}

/** Waits for what is left of a turn whose end is in the log already: until then no other can start. */
export async function afterEnd(record: SessionRecord): Promise<void> {
  for (;;) {
    const { turn, summary } = record;
    if (turn === null || turn.id !== summary.turn?.id || summary.turn.status === "running") return;
    await turn.ended;
  }
}

/** Writes the turn's start and the words that it starts from. */
async function begin(record: SessionRecord, services: TurnServices, turn: string): Promise<void> {
  const { reason, text, delivery } = opening(record.summary);
  const item = newId("itm");
  await record.appendAll([
    { type: "turn.started", body: { turn, reason, sandboxed: services.sandboxed }, actor: "person" },
    {
      type: "item.completed",
      body: {
        turn,
        item,
        status: "completed",
        content: { kind: "message", role: "person", text, delivery },
        model: personMessage(text),
      },
      actor: "person",
    },
    ...record.summary.messages.map((message) => ({
      type: "message.delivered" as const,
      body: { message: message.id },
    })),
  ]);
}

async function runAgent(
  record: SessionRecord,
  services: TurnServices,
  turn: string,
  place: HeldPlace,
  signal: AbortSignal,
): Promise<TurnEnd> {
  const { summary } = record;
  try {
    const agent = await services.agentFor(summary);
    if (!agent.ok) return { kind: "failed", failure: agent.failure };
    const request: Turn = {
      session: record.id,
      turn,
      history: await services.readHistory(record.id),
      model: summary.model,
      approval: summary.approval,
      sandbox: summary.sandbox,
      sandboxed: services.sandboxed,
      worktree: worktreeOf(summary),
      branch: summary.branch,
      projectInstructions: await services.projectInstructions(record),
      stepLimit: services.stepLimit,
      signal,
    };
    await using measuring = measuringFor(record, services, turn);
    return await agent.value.runTurn(request, portsFor(record, services, turn, place, measuring, signal));
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted", reason: "stopped", text: "Stopped by you." };
    return { kind: "failed", failure: failureOf(error) ?? surprise(error) };
  }
}

const textOf = (end: TurnEnd): string =>
  end.kind === "interrupted" ? end.text : "Stopped by you at its end. Messages that waited still wait.";

export function worktreeOf(summary: SessionSummary): string {
  if (summary.worktree === null) throw new Error(`session ${summary.id} has no worktree`);
  return summary.worktree;
}

const surprise = (error: unknown): Failure => ({
  code: "internal",
  message: "Oriel itself made a mistake in this turn.",
  kept: "The worktree and all that was done so far are kept.",
  hint: "Continue the session; report the details if it happens again.",
  details: error instanceof Error ? (error.stack ?? error.message) : String(error),
});

const measuringFor = (record: SessionRecord, services: TurnServices, turn: string): Measuring =>
  startMeasuring({
    record,
    turn,
    measure: (signal) => services.measure(record.id, signal),
    restMs: services.measureRestMs,
    clock: systemClock,
    report: services.report,
  });

function portsFor(
  record: SessionRecord,
  services: TurnServices,
  turn: string,
  place: HeldPlace,
  measuring: Measuring,
  signal: AbortSignal,
): TurnPorts {
  return {
    emit: async (type, body) => {
      const event = await record.append(type, body, "agent");
      measuring.after(event);
      return event;
    },
    delta: (delta) => services.onDelta(record.id, delta),
    takeSteering: () => takeSteering(record, turn),
    steered: async (until) => {
      if (record.summary.messages.some(isSteer)) return;
      await record.next(
        (event) => (event.type === "message.queued" && isSteer(event.body) ? true : null),
        until,
      );
    },
    commands: services.commandsFor(record, turn, place),
    files: services.filesFor(record),
    ask: ({ item }) => place.whileAsking(() => awaitAnswer(record, item, signal)),
    approve: (request) => place.whileAsking(() => requestApproval(record, turn, request, signal)),
  };
}

const isSteer = (message: { delivery: "steer" | "queue" }): boolean => message.delivery === "steer";

/** Moves what the person steered with into the conversation: each becomes an item of this turn. */
async function takeSteering(
  record: SessionRecord,
  turn: string,
): Promise<readonly Event<"item.completed">[]> {
  const waiting = record.summary.messages.filter(isSteer);
  if (waiting.length === 0) return [];
  const events = await record.appendAll(
    waiting.flatMap((message) => [
      {
        type: "item.completed" as const,
        body: {
          turn,
          item: newId("itm"),
          status: "completed" as const,
          content: {
            kind: "message" as const,
            role: "person" as const,
            text: message.text,
            delivery: "steer" as const,
          },
          model: personMessage(message.text),
        },
        actor: "person" as const,
      },
      { type: "message.delivered" as const, body: { message: message.id } },
    ]),
  );
  return events.filter((event) => event.type === "item.completed");
}

async function finish(
  record: SessionRecord,
  services: TurnServices,
  turn: string,
  agentEnd: TurnEnd,
  signal: AbortSignal,
): Promise<void> {
  const changes = await services.wrapUp(record, turn);
  // A stop that came too late to stop anything still keeps the messages that wait from beginning the next turn.
  const held = signal.aborted && record.summary.messages.length > 0;
  const end: TurnEnd = held ? { kind: "interrupted", reason: "stopped", text: textOf(agentEnd) } : agentEnd;
  switch (end.kind) {
    case "completed":
      await record.append("turn.completed", { turn, changes });
      return;
    case "interrupted":
      await record.append("turn.interrupted", { turn, reason: end.reason, text: end.text });
      return;
    case "failed":
      await record.append("turn.failed", { turn, failure: end.failure });
      return;
    default:
      assertNever(end);
  }
}
