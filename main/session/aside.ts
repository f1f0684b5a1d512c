import type { Model } from "#main/agent/models/model.ts";
import { askAside } from "#main/agent/oriel/aside.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { Event } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import type { SessionRecord } from "./record.ts";

export interface AsideServices {
  readHistory(session: string): Promise<readonly Event[]>;
  projectInstructions(record: SessionRecord): Promise<string | null>;
  modelFor(summary: SessionSummary): Promise<Result<Model>>;
}

/** Asks the model about a session while it goes its way. Question and answer become one event; its course does not change. */
export async function aside(
  record: SessionRecord,
  question: string,
  services: AsideServices,
  signal: AbortSignal,
): Promise<Result<{ item: string; answer: string }>> {
  const { summary } = record;
  if (summary.provider === "offline") return fail(OFFLINE);
  if (summary.worktree === null) return fail(TOO_EARLY);
  const model = await services.modelFor(summary);
  if (!model.ok) return model;
  const item = newId("itm");
  const turn = {
    session: record.id,
    turn: item,
    history: await services.readHistory(record.id),
    model: summary.model,
    approval: summary.approval,
    sandbox: summary.sandbox,
    worktree: summary.worktree,
    branch: summary.branch,
    projectInstructions: await services.projectInstructions(record),
    sandboxed: true,
    stepLimit: 1,
    signal,
  };
  const asked = await askAside(turn, question, (request, until) => model.value.stream(request, until));
  if (!asked.ok) return asked;
  const stored = await record.append("aside.answered", { item, question, ...asked.value }, "person");
  return ok({ item, answer: stored.body.answer });
}

const OFFLINE = {
  code: "aside_unavailable",
  message: "The offline demo works by recipes and can't answer questions.",
  hint: "Choose a language model for that: set OPENAI_API_KEY, or the address of a compatible server.",
} as const;

const TOO_EARLY = {
  code: "session_preparing",
  message: "The session has not begun yet, so there is nothing to ask about.",
  hint: "Ask again when its worktree is ready.",
} as const;
