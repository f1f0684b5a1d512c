import type { ProjectFacts } from "#main/git/inspect.ts";
import type { PinnedBase } from "#main/git/pin.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { NewSession } from "#shared/session/contract.ts";
import { sessionStream } from "#shared/session/events.ts";
import type { EventDraft } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { withGit } from "./git-failures.ts";
import type { Appender } from "./record.ts";
import { distinctSlug, distinctTitle, slugOf, titleOf } from "./titles.ts";
import type { Worktrees } from "./worktrees.ts";

export interface CreateServices {
  readonly log: Appender;
  now(): number;
  readonly worktrees: Pick<Worktrees, "pin" | "unpin">;
  /** The model's provider, its address and the model's name that a session with this wish gets. */
  chooseModel(model: string | undefined): Result<ModelChoice>;
  /** Takes secrets out of a text. */
  redact(text: string): string;
}

interface Project {
  readonly facts: ProjectFacts;
  /** Makes it known, where it is not yet. */
  add(): Promise<unknown>;
}

export interface ModelChoice {
  readonly provider: string;
  readonly model: string;
  /** Where the provider has no address of its own. */
  readonly baseUrl?: string;
}

interface PlannedSession {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly wish: NewSession;
  readonly choice: ModelChoice;
}

/** Makes sessions, all of them or none: their events are one transaction. `others`: all sessions there are. */
export async function createSessions(
  { facts, add }: Project,
  wishes: readonly NewSession[],
  others: readonly SessionSummary[],
  services: CreateServices,
): Promise<Result<readonly SessionSummary[]>> {
  const choices = chooseAll(wishes, services);
  if (!choices.ok) return choices;
  const siblings = others.filter((other) => other.project === facts.root);
  const planned = plan(wishes, choices.value, siblings, services.redact);
  const pins = await withGit(() => services.worktrees.pin(facts, planned));
  if (!pins.ok) return pins;
  try {
    await add();
    const drafts = planned.map((session, index) =>
      draftOf(facts, session, pins.value[index]!, services.now()),
    );
    const events = await services.log.append(drafts);
    return ok(events.flatMap((event) => reduceSession(null, event) ?? []));
  } catch (error) {
    await services.worktrees.unpin(
      facts,
      planned.map(({ id }) => id),
    );
    throw error;
  }
}

function chooseAll(
  wishes: readonly NewSession[],
  { chooseModel }: CreateServices,
): Result<readonly ModelChoice[]> {
  const unknown = wishes.find((wish) => wish.agent !== "oriel");
  if (unknown)
    return fail({
      code: "agent_unknown",
      message: `There is no agent "${unknown.agent}".`,
      hint: 'Use "oriel".',
    });
  const choices: ModelChoice[] = [];
  for (const { model } of wishes) {
    const choice = chooseModel(model);
    if (!choice.ok) return choice;
    choices.push(choice.value);
  }
  return ok(choices);
}

/**
 * Names new sessions so that none is mistaken for another of its project. Title and slug are seen where no log redacts:
 * in the person's branches, in paths and prompts. So the task loses its secrets first.
 */
function plan(
  wishes: readonly NewSession[],
  choices: readonly ModelChoice[],
  siblings: readonly SessionSummary[],
  redact: (text: string) => string,
): readonly PlannedSession[] {
  const titles = new Set(siblings.map((sibling) => sibling.title));
  const slugs = new Set(siblings.map((sibling) => sibling.slug));
  return wishes.map((wish, index) => {
    const wished = wish.title === undefined ? titleOf(redact(wish.task)) : redact(wish.title);
    const title = distinctTitle(wished, titles);
    const slug = distinctSlug(slugOf(title), slugs);
    titles.add(title);
    slugs.add(slug);
    return { id: newId("ses"), title, slug, wish, choice: choices[index]! };
  });
}

function draftOf(
  facts: ProjectFacts,
  { id, title, slug, wish, choice }: PlannedSession,
  { base, branch }: PinnedBase,
  at: number,
): EventDraft<"session.created"> {
  const { task, agent, approval, sandbox } = wish;
  const roots = [{ project: facts.root, base: base.branch, commit: base.commit, branch }];
  return {
    stream: sessionStream(id),
    at,
    actor: "person",
    cause: null,
    type: "session.created",
    body: { title, slug, task, agent, ...choice, approval, sandbox, parent: null, origin: "person", roots },
  };
}
