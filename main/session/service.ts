import type { ProjectFacts } from "#main/git/inspect.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import type { Patch, SessionDiff } from "#shared/git/diff.ts";
import type { NewSession } from "#shared/session/contract.ts";
import { isUnanswered } from "#shared/session/summary.ts";
import type { ProjectSummary, SessionSummary } from "#shared/session/summary.ts";
import { aside } from "./aside.ts";
import type { AsideServices } from "./aside.ts";
import { createSessions } from "./create.ts";
import type { CreateServices } from "./create.ts";
import { withGit } from "./git-failures.ts";
import type { SessionRecord } from "./record.ts";
import { createRecord } from "./record.ts";
import type { Appender } from "./record.ts";
import { distinctTitle } from "./titles.ts";
import { settle, settleOutlived } from "./recovery.ts";
import type { RecoveryServices } from "./recovery.ts";
import { neverBegan } from "./opening.ts";
import { ARCHIVED, NOT_ARCHIVED, NOTHING_ASKED, NOTHING_LEFT, PURGED, TURN_RUNS } from "./refusals.ts";
import { afterEnd, startTurn } from "./turn.ts";
import type { TurnServices } from "./turn.ts";
import type { Worktrees } from "./worktrees.ts";

export interface SessionServices extends TurnServices, AsideServices, CreateServices {
  readonly log: Appender & { lastId(): Promise<number> };
  now(): number;
  readonly worktrees: Worktrees;
  inspectProject(path: string): Promise<Result<ProjectFacts>>;
  readonly recovery: RecoveryServices;
  /** Ends the session's terminals and what is left of its commands. */
  endProcesses(session: string): Promise<void>;
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
  purge(input: { session: string }): Outcome;
  projects(): readonly ProjectSummary[];
  addProject(input: { path: string }): Promise<Result<ProjectSummary>>;
  /** Whether a turn runs or waits: a host with one must not end itself. */
  readonly busy: boolean;
  /** After a start: settles every session that a host left in the middle, and starts the turns that were waiting. */
  resume(): Promise<void>;
  /** Stops every turn, and resolves when their ends are in the log. */
  stopAll(): Promise<void>;
  /**
   * Writes what became of the commands that outlived their turns; to be called when they have ended. Gives why that could
   * not be written for one of them, else null.
   */
  settleAll(): Promise<Failure | null>;
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
      const result = await withGit(() => work(record));
      return result.ok ? ok(record.summary) : result;
    });
  };

  /** Starts a turn where none runs, after what a host that is gone left open is settled. */
  const startWhereIdle = async (record: SessionRecord): Promise<Result<unknown>> => {
    await afterEnd(record);
    if (record.turn) return ok(null);
    if (record.summary.trash !== null) return fail(ARCHIVED);
    await recover(record);
    await startTurn(record, services).begun;
    return ok(null);
  };

  /** Stops what only the log says is under way: a turn that broke on its way, and whose end could not be written then. */
  const stopWithoutTurn = async (record: SessionRecord): Promise<void> => {
    await settle(record, services.recovery, "stopped");
    if (!neverBegan(record.summary)) return;
    const turn = record.summary.queuedTurn ?? newId("trn");
    await record.append("turn.interrupted", { turn, reason: "stopped", text: "Stopped before it began." });
  };

  /** Settles what a host that is gone left open, so that a turn can start. */
  const recover = async (record: SessionRecord): Promise<void> => {
    await settle(record, services.recovery);
    await settleOutlived(record, services.recovery);
  };

  const withoutTurn =
    (work: (record: SessionRecord) => Promise<Result<unknown>>) => async (record: SessionRecord) => {
      await afterEnd(record);
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

  async function createAll(
    project: string,
    wishes: readonly NewSession[],
  ): ReturnType<SessionService["create"]> {
    const facts = await services.inspectProject(project);
    if (!facts.ok) return facts;
    const cursor = await log.lastId();
    const others = [...records.values()].map((record) => record.summary);
    const place = { facts: facts.value, add: () => addProject(facts.value) };
    const made = await createSessions(place, wishes, others, services);
    if (!made.ok) return made;
    const created = made.value.map((summary) => createRecord({ log, now, id: summary.id, summary }));
    for (const record of created) records.set(record.id, record);
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
        await stopWithoutTurn(record);
        return ok(null);
      }),
    continue: ({ session }) =>
      change(session, async (record) => {
        await afterEnd(record);
        const { turn, messages, trash } = record.summary;
        const isDone = turn?.status === "completed" && messages.length === 0 && trash === null;
        return isDone && !record.turn ? fail(NOTHING_LEFT) : startWhereIdle(record);
      }),
    // One answer after another: the second to the same question has nothing to answer.
    resolveApproval: ({ session, approval, decision, note }) =>
      change(session, async (record) => {
        const asked = record.summary.approvals.find(
          (candidate) => approval === undefined || candidate.id === approval,
        );
        if (!asked) return fail(NOTHING_ASKED);
        const body = { approval: asked.id, decision, ...(note === undefined ? {} : { note }) };
        return ok(await record.append("approval.resolved", body, "person"));
      }),
    answer: ({ session, item, answer }) =>
      change(session, async (record) => {
        const asked = record.summary.open.find(
          (open) => isUnanswered(open) && (item === undefined || open.item === item),
        );
        if (!asked || !record.turn) return fail(NOTHING_ASKED);
        return ok(await record.append("question.answered", { item: asked.item, answer }, "person"));
      }),
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
      return found.ok ? withGit(() => worktrees.diff(found.value.summary, patch)) : found;
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
          const archived = await worktrees.archive(record);
          // A shell may have been opened while that went on.
          if (archived.ok) await services.endProcesses(record.id);
          return archived;
        }),
      ),
    restore: ({ session }) =>
      change(
        session,
        withoutTurn(async (record) => (record.summary.purged ? fail(PURGED) : worktrees.restore(record))),
      ),
    purge: ({ session }) =>
      change(
        session,
        withoutTurn(async (record) => {
          if (record.summary.trash === null) return fail(NOT_ARCHIVED);
          await services.endProcesses(record.id);
          return worktrees.purge(record);
        }),
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
    settleAll: async () => {
      const settled = [...records.keys()].map((id) =>
        change(id, async (record) => {
          if (record.turn === null) await settleOutlived(record, services.recovery);
          return ok(null);
        }),
      );
      return (await Promise.all(settled)).find((result) => !result.ok)?.failure ?? null;
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
