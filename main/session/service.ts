import type { ProjectFacts } from "#main/git/inspect.ts";
import type { PinnedBase } from "#main/git/pin.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { Patch, SessionDiff } from "#shared/git/diff.ts";
import type { NewSession } from "#shared/session/contract.ts";
import type { ProjectSummary, SessionSummary } from "#shared/session/reducer.ts";
import { aside } from "./aside.ts";
import type { AsideServices } from "./aside.ts";
import type { SessionRecord } from "./record.ts";
import { createRecord } from "./record.ts";
import type { Appender } from "./record.ts";
import { distinctTitle, slugOf, titleOf } from "./titles.ts";
import { settle, settleOutlived } from "./recovery.ts";
import type { RecoveryServices } from "./recovery.ts";
import { startTurn } from "./turn.ts";
import type { TurnServices } from "./turn.ts";
import type { Worktrees } from "./worktrees.ts";

export interface SessionServices extends TurnServices, AsideServices {
  readonly log: Appender & { lastId(): Promise<number> };
  now(): number;
  readonly worktrees: Worktrees;
  inspectProject(path: string): Promise<Result<ProjectFacts>>;
  /** The model provider and the model's name that a session with this wish gets. */
  chooseModel(model: string | undefined): Result<{ provider: string; model: string }>;
  readonly recovery: RecoveryServices;
  /** Ends the session's terminals and what is left of its commands. */
  endProcesses(session: string): Promise<void>;
}

interface NamedSession {
  readonly id: string;
  readonly title: string;
  readonly slug: string;
  readonly wish: NewSession;
}

type Outcome = Promise<Result<SessionSummary>>;

/** The verbs of the contract that concern sessions. Each takes the contract's input, and changes a session only by its events. */
export interface SessionService {
  list(): readonly SessionSummary[];
  get(input: { session: string }): Result<SessionSummary>;
  create(input: {
    project: string;
    sessions: readonly NewSession[];
  }): Promise<Result<{ cursor: number; sessions: SessionSummary[] }>>;
  send(input: { session: string; text: string; delivery: "steer" | "queue" }): Outcome;
  stop(input: { session: string }): Outcome;
  continue(input: { session: string }): Outcome;
  resolveApproval(input: {
    session: string;
    approval?: string | undefined;
    decision: "approved" | "denied";
    note?: string | undefined;
  }): Outcome;
  answer(input: { session: string; item?: string | undefined; answer: string }): Outcome;
  rename(input: { session: string; title: string }): Outcome;
  diff(input: {
    session: string;
    patch: boolean;
  }): Promise<Result<{ diff: SessionDiff; patch: Patch | null }>>;
  merge(input: { session: string; how: "squash" | "merge"; into?: string | undefined }): Outcome;
  aside(
    input: { session: string; question: string },
    signal?: AbortSignal,
  ): Promise<Result<{ item: string; answer: string }>>;
  archive(input: { session: string }): Outcome;
  restore(input: { session: string }): Outcome;
  projects(): readonly ProjectSummary[];
  addProject(input: { path: string }): Promise<Result<ProjectSummary>>;
  /** Whether a turn runs or waits: a host with one must not end itself. */
  readonly busy: boolean;
  /** After a start: settles every session that a host left in the middle, and starts the turns that were waiting. */
  resume(): Promise<void>;
  /** Stops every turn, and resolves when their ends are in the log. */
  stopAll(): Promise<void>;
}

export function createSessionService(
  services: SessionServices,
  known: { sessions: readonly SessionSummary[]; projects: readonly ProjectSummary[] },
): SessionService {
  const { log, now, worktrees } = services;
  const records = new Map<string, SessionRecord>(
    known.sessions.map((summary) => [summary.id, createRecord({ log, now, id: summary.id, summary })]),
  );
  const projects = new Map(known.projects.map((project) => [project.path, project]));

  const find = (id: string): Result<SessionRecord> => {
    const exact = records.get(id);
    if (exact) return ok(exact);
    const matches = [...records.values()].filter(
      (record) => record.id.startsWith(id) || record.id.slice(4).startsWith(id),
    );
    const [only] = matches;
    if (only && matches.length === 1) return ok(only);
    return fail({
      code: only ? "session_ambiguous" : "session_unknown",
      message: only ? `${matches.length} sessions begin with ${id}.` : `There is no session ${id}.`,
      hint: "`oriel sessions` lists them.",
    });
  };

  /** Runs lifecycle work on one session, after what is under way for it, and gives its summary. */
  const change = async (id: string, work: (record: SessionRecord) => Promise<Result<unknown>>): Outcome => {
    const found = find(id);
    if (!found.ok) return found;
    const record = found.value;
    return record.exclusive(async () => {
      const result = await work(record);
      return result.ok ? ok(record.summary) : result;
    });
  };

  /** Starts a turn where none runs, after what a host that is gone left open is settled. */
  const startWhereIdle = async (record: SessionRecord): Promise<Result<unknown>> => {
    if (record.turn) return ok(null);
    if (record.summary.trash !== null) return fail(ARCHIVED);
    await recover(record);
    startTurn(record, services);
    return ok(null);
  };

  /** Settles what a host that is gone left open, so that a turn can start. */
  const recover = async (record: SessionRecord): Promise<void> => {
    await settle(record, services.recovery);
    await settleOutlived(record, services.recovery);
  };

  const withoutTurn =
    (work: (record: SessionRecord) => Promise<Result<unknown>>) => async (record: SessionRecord) => {
      if (record.turn) return fail(TURN_RUNS);
      await recover(record);
      return work(record);
    };

  async function addProject(facts: ProjectFacts): Promise<ProjectSummary> {
    const existing = projects.get(facts.root);
    if (existing) return existing;
    const id = newId("prj");
    const name = facts.root.split(/[/\\]/).at(-1) || facts.root;
    const at = now();
    await log.append([
      {
        stream: `project/${id}`,
        at,
        actor: "person",
        cause: null,
        type: "project.added",
        body: { path: facts.root, name },
      },
    ]);
    const project = { id, path: facts.root, name, addedAt: at };
    projects.set(facts.root, project);
    return project;
  }

  /** Names new sessions so that none is mistaken for another of its project. */
  const nameAll = (facts: ProjectFacts, wishes: readonly NewSession[]): readonly NamedSession[] => {
    const siblings = [...records.values()].filter((record) => record.summary.project === facts.root);
    const titles = new Set(siblings.map((record) => record.summary.title));
    const slugs = new Set(siblings.map((record) => record.summary.slug));
    return wishes.map((wish) => {
      const title = distinctTitle(wish.title ?? titleOf(wish.task), titles);
      const slug = distinctSlug(slugOf(title), slugs);
      titles.add(title);
      slugs.add(slug);
      return { id: newId("ses"), title, slug, wish };
    });
  };

  async function createOne(
    facts: ProjectFacts,
    { id, title, slug, wish }: NamedSession,
    choice: { provider: string; model: string },
    { base, branch }: PinnedBase,
  ): Promise<SessionRecord> {
    const record = createRecord({ log, now, id });
    await record.append(
      "session.created",
      {
        title,
        slug,
        task: wish.task,
        agent: wish.agent,
        ...choice,
        approval: wish.approval,
        sandbox: wish.sandbox,
        parent: null,
        origin: "person",
        roots: [{ project: facts.root, base: base.branch, commit: base.commit, branch }],
      },
      "person",
    );
    records.set(id, record);
    return record;
  }

  async function createAll(
    project: string,
    wishes: readonly NewSession[],
  ): ReturnType<SessionService["create"]> {
    const facts = await services.inspectProject(project);
    if (!facts.ok) return facts;
    const choices = wishes.map((wish) => services.chooseModel(wish.model));
    const refused = choices.find((choice) => !choice.ok);
    if (refused && !refused.ok) return refused;
    const unknown = wishes.find((wish) => wish.agent !== "oriel");
    if (unknown)
      return fail({
        code: "agent_unknown",
        message: `There is no agent "${unknown.agent}".`,
        hint: 'Use "oriel".',
      });
    const named = nameAll(facts.value, wishes);
    const pins = await worktrees.pin(facts.value, named);
    if (!pins.ok) return pins;
    const cursor = await log.lastId();
    await addProject(facts.value);
    const created: SessionRecord[] = [];
    for (const [index, session] of named.entries()) {
      const choice = choices[index]!;
      if (choice.ok) created.push(await createOne(facts.value, session, choice.value, pins.value[index]!));
    }
    for (const record of created) startTurn(record, services);
    return ok({ cursor, sessions: created.map((record) => record.summary) });
  }
  /** One creation after another: a name that was given must be in the records before the next is chosen. */
  let creation: Promise<unknown> = Promise.resolve();

  return {
    list: () => [...records.values()].map((record) => record.summary),
    get: ({ session }) => {
      const found = find(session);
      return found.ok ? ok(found.value.summary) : found;
    },
    projects: () => [...projects.values()],
    addProject: async ({ path }) => {
      const facts = await services.inspectProject(path);
      return facts.ok ? ok(await addProject(facts.value)) : facts;
    },
    create: ({ project, sessions }) => {
      const created = creation.then(() => createAll(project, sessions));
      creation = created.catch(() => undefined);
      return created;
    },
    send: ({ session, text, delivery }) =>
      change(session, async (record) => {
        if (record.summary.trash !== null) return fail(ARCHIVED);
        await record.append("message.queued", { message: newId("msg"), text, delivery }, "person");
        return startWhereIdle(record);
      }),
    stop: ({ session }) =>
      change(session, async (record) => {
        record.turn?.abort.abort();
        await record.turn?.ended;
        return ok(null);
      }),
    continue: ({ session }) => change(session, startWhereIdle),
    resolveApproval: async ({ session, approval, decision, note }) => {
      const found = find(session);
      if (!found.ok) return found;
      const record = found.value;
      const asked = record.summary.approvals.find(
        (candidate) => approval === undefined || candidate.id === approval,
      );
      if (!asked) return fail(NOTHING_ASKED);
      await record.append(
        "approval.resolved",
        { approval: asked.id, decision, ...(note === undefined ? {} : { note }) },
        "person",
      );
      return ok(record.summary);
    },
    answer: async ({ session, item, answer }) => {
      const found = find(session);
      if (!found.ok) return found;
      const record = found.value;
      const asked = record.summary.open.find(
        (open) => open.content.kind === "question" && (item === undefined || open.item === item),
      );
      if (!asked || !record.turn) return fail(NOTHING_ASKED);
      await record.append("question.answered", { item: asked.item, answer }, "person");
      return ok(record.summary);
    },
    rename: ({ session, title }) =>
      change(session, async (record) => {
        const others = [...records.values()].filter(
          (other) => other !== record && other.summary.project === record.summary.project,
        );
        const distinct = distinctTitle(title, new Set(others.map((other) => other.summary.title)));
        return ok(await record.append("session.renamed", { title: distinct }, "person"));
      }),
    diff: async ({ session, patch }) => {
      const found = find(session);
      return found.ok ? worktrees.diff(found.value.summary, patch) : found;
    },
    merge: ({ session, how, into }) =>
      change(
        session,
        withoutTurn((record) => worktrees.merge(record, { how, into })),
      ),
    aside: async ({ session, question }, signal = new AbortController().signal) => {
      const found = find(session);
      return found.ok ? aside(found.value, question, services, signal) : found;
    },
    archive: ({ session }) =>
      change(
        session,
        withoutTurn(async (record) => {
          await services.endProcesses(record.id);
          return worktrees.archive(record);
        }),
      ),
    restore: ({ session }) =>
      change(
        session,
        withoutTurn((record) => worktrees.restore(record)),
      ),
    get busy() {
      return [...records.values()].some((record) => record.turn !== null);
    },
    resume: async () => {
      for (const record of records.values()) {
        await settle(record, services.recovery);
        if (neverBegan(record.summary)) startTurn(record, services);
      }
    },
    stopAll: async () => {
      await Promise.all(
        [...records.values()].map(async (record) => {
          record.turn?.abort.abort();
          await record.turn?.ended;
        }),
      );
    },
  };
}

/** A turn that was asked for and has not begun: nothing runs twice when it starts now. */
function neverBegan(summary: SessionSummary): boolean {
  if (summary.trash !== null || summary.worktreeFailure !== null) return false;
  const waits = summary.queuedTurn !== null || (summary.turns === 0 && summary.turn === null);
  return waits || (summary.turn?.status === "completed" && summary.messages.length > 0);
}

/** Two sessions of a project never have the same slug, so that their branches differ. */
function distinctSlug(slug: string, taken: ReadonlySet<string>): string {
  if (!taken.has(slug)) return slug;
  for (let n = 2; ; n += 1) if (!taken.has(`${slug}-${n}`)) return `${slug}-${n}`;
}

const ARCHIVED = {
  code: "session_archived",
  message: "The session is archived.",
  hint: "Restore it first.",
} as const;
const TURN_RUNS = {
  code: "turn_runs",
  message: "A turn of this session is running.",
  hint: "Stop it first, or wait for its end.",
} as const;
const NOTHING_ASKED = {
  code: "nothing_asked",
  message: "The session asks nothing now.",
  hint: "It may have been answered already, or the turn was stopped.",
} as const;
