/** A question beside a session's course: one request, no tools run, nothing of it in the conversation. */
import { fail, ok, type Result } from "#shared/kernel/failure.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Usage } from "#shared/session/events.ts";
import type { Turn } from "../agent.ts";
import type { Model } from "../models/model.ts";
import { costOf } from "../models/prices.ts";
import { conversationOf } from "./journal.ts";
import { TOOL_DEFINITIONS } from "./loop.ts";
import { contextMessage, INSTRUCTIONS } from "./prompt.ts";
import { personMessage } from "../person-message.ts";
import { completeDanglingCalls } from "./settle.ts";

export interface AsideAnswer {
  readonly answer: string;
  readonly added: Usage;
}

const NO_USAGE: Usage = { input: 0, cached: 0, output: 0, reasoning: 0, cost: null };

/**
 * Asks the model. The request extends the conversation as it is, tools included, so that the provider's prefix cache
 * holds. `turn` is one that is never run. Fails with the model's own failures, with `no_answer` where it said nothing,
 * and with `cancelled` by the turn's signal.
 */
export async function askAside(
  turn: Turn,
  question: string,
  stream: Model["stream"],
): Promise<Result<AsideAnswer>> {
  const request = {
    model: turn.model,
    instructions: INSTRUCTIONS,
    tools: TOOL_DEFINITIONS,
    input: [contextMessage(turn), ...conversationSoFar(turn), ...personMessage(framed(question))],
    cacheKey: turn.session,
  };
  const texts: string[] = [];
  for await (const event of stream(request, turn.signal)) {
    switch (event.type) {
      case "item":
        if (event.item.kind === "message") texts.push(event.item.text);
        break;
      case "delta":
      case "garbage":
        break;
      case "completed":
      case "incomplete": {
        const answer = texts.join("\n\n").trim();
        if (answer === "") return fail(NO_ANSWER);
        const { usage } = event;
        return ok({ answer, added: usage ? { ...usage, cost: costOf(turn.model, usage) } : NO_USAGE });
      }
      case "fault":
        return fail(event.fault.failure);
      default:
        assertNever(event);
    }
  }
  return fail(CANCELLED);
}

/** The conversation, with an answer for each call that is under way: a server refuses calls that have none. */
const conversationSoFar = ({ history }: Turn) => [
  ...conversationOf(history),
  ...completeDanglingCalls(history, () => ({ kind: "answered", answer: "(still under way)" })).flatMap(
    (body) => body.model ?? [],
  ),
];

const framed = (question: string): string =>
  `Aside, which changes nothing about your task: answer this question in a few sentences from what you know so far. Call no tool.\n\n${question}`;

const NO_ANSWER = {
  code: "no_answer",
  message: "The model gave no answer in words.",
  kept: "The session goes on as before.",
  hint: "Ask in other words, or send the session a message.",
} as const;

const CANCELLED = {
  code: "cancelled",
  message: "The question was withdrawn before the model answered.",
  kept: "The session goes on as before.",
} as const;
