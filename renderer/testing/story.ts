/** Tells one session's story as events, so that a scene reads like what happened. */
import type { ChangeSize } from "#shared/session/events.ts";
import { sessionStream } from "#shared/session/events.ts";
import type { FileChange, ItemContent, ItemStatus, PlanStep } from "#shared/session/items.ts";
import type { FixtureLog } from "./log.ts";

export interface StoryFacts {
  readonly id: string;
  readonly title: string;
  readonly task?: string;
  readonly agent?: string;
  readonly model?: string;
  readonly project?: string;
  /** How long ago it began, in minutes. */
  readonly minutesAgo: number;
}

export interface Story {
  readonly id: string;
  /** Lets time pass, in seconds. */
  wait(seconds: number): Story;
  ready(): Story;
  worktreeFailed(message: string): Story;
  queued(): Story;
  turn(text?: string, reason?: "task" | "message" | "continue"): Story;
  person(text: string, delivery?: "steer" | "queue"): Story;
  say(text: string): Story;
  think(text: string): Story;
  plan(done: number, steps: readonly string[]): Story;
  run(command: string, facts?: { exit?: number; ms?: number; output?: string; status?: ItemStatus }): Story;
  read(title: string, output?: string): Story;
  change(...changes: readonly FileChange[]): Story;
  /** Begins something that does not end: it is under way. */
  begin(content: ItemContent): Story;
  askToRun(command: string, reason: string): Story;
  ask(question: string, options?: readonly string[]): Story;
  aside(question: string, answer: string): Story;
  notice(level: "info" | "warning" | "error", text: string): Story;
  queueMessage(text: string, delivery: "steer" | "queue"): Story;
  used(input: number, output: number, cost: number | null): Story;
  changed(changes: ChangeSize): Story;
  completed(changes?: ChangeSize): Story;
  interrupted(text: string, reason?: "stopped" | "host_ended" | "step_limit"): Story;
  failed(message: string, details?: string): Story;
  merged(into: string): Story;
  archived(): Story;
}

const PROJECT = "/home/ada/code/acme-api";

const planSteps = (done: number, steps: readonly string[]): PlanStep[] =>
  steps.map((text, index) => ({
    text,
    status: index < done ? "completed" : index === done ? "in_progress" : "pending",
  }));

const outputRef = (text: string) => ({ blob: null, size: text.length, head: text, tail: "" });

/** Begins a session in the log. Each call of the story is an event or two at the story's own time. */
export function tell(log: FixtureLog, facts: StoryFacts): Story {
  const { id, title, task = title, agent = "oriel", model = "gpt-5.3", project = PROJECT } = facts;
  const stream = sessionStream(id);
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40);
  let at = Date.now() - facts.minutesAgo * 60_000;
  let turns = 0;
  let items = 0;
  const turn = (): string => `${id}-turn-${turns}`;
  const newItem = (): string => `${id}-item-${++items}`;
  const append: (
    ...event: Parameters<FixtureLog["append"]> extends [string, ...infer Rest] ? Rest : never
  ) => void = (type, body) => void log.append(stream, type, body, at);

  const item = (content: ItemContent, seconds: number, status: ItemStatus = "completed"): void => {
    const where = { turn: turn(), item: newItem() };
    append("item.started", { ...where, content });
    at += seconds * 1000;
    append("item.completed", { ...where, content, status });
  };
  const told = (tell: () => void): Story => {
    tell();
    return story;
  };

  append("session.created", {
    title,
    task,
    slug,
    agent,
    provider: model === "offline" ? "offline" : "openai",
    model,
    approval: "on-request",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [
      { project, base: "main", commit: "9f2c41d07be3a55c1e0f8d6a4b7290cc31ee84f1", branch: `oriel/${slug}` },
    ],
  });

  const story: Story = {
    id,
    wait: (seconds) => told(() => void (at += seconds * 1000)),
    ready: () =>
      told(() =>
        append("worktree.ready", {
          path: `/home/ada/.local/share/oriel/worktrees/${slug}`,
          git: `/home/ada/.local/share/oriel/git/${id}.git`,
        }),
      ),
    worktreeFailed: (message) =>
      told(() =>
        append("worktree.failed", {
          failure: {
            code: "setup_failed",
            message,
            kept: "The worktree is kept.",
            hint: "Mend it, then continue.",
          },
        }),
      ),
    queued: () => told(() => append("session.queued", { turn: `${id}-turn-${turns + 1}` })),
    turn: (text = task, reason = "task") =>
      told(() => {
        turns += 1;
        append("turn.started", { turn: turn(), reason, sandboxed: true });
        item({ kind: "message", role: "person", text, delivery: reason === "task" ? "start" : "queue" }, 0);
      }),
    person: (text, delivery = "steer") =>
      told(() => item({ kind: "message", role: "person", text, delivery }, 0)),
    say: (text) => told(() => item({ kind: "message", role: "agent", text }, 3)),
    think: (text) => told(() => item({ kind: "reasoning", text }, 4)),
    plan: (done, steps) =>
      told(() => {
        const planned = planSteps(done, steps);
        append("plan.updated", { turn: turn(), steps: planned });
        item({ kind: "plan", steps: planned }, 0);
      }),
    run: (command, { exit = 0, ms = 1200, output = "", status = exit === 0 ? "completed" : "failed" } = {}) =>
      told(() =>
        item(
          {
            kind: "command",
            command,
            cwd: "",
            sandbox: "workspace-write",
            exitCode: exit,
            durationMs: ms,
            output: outputRef(output),
          },
          ms / 1000,
          status,
        ),
      ),
    read: (line, output = "") =>
      told(() =>
        item(
          {
            kind: "tool_call",
            tool: line.split(" ")[0] ?? "",
            title: line,
            arguments: "{}",
            output: outputRef(output),
          },
          0.2,
        ),
      ),
    change: (...changes) => told(() => item({ kind: "file_change", changes: [...changes] }, 0.5)),
    begin: (content) => told(() => append("item.started", { turn: turn(), item: newItem(), content })),
    askToRun: (command, reason) =>
      told(() => {
        const where = { turn: turn(), item: newItem() };
        append("item.started", { ...where, content: { kind: "command", command, cwd: "" } });
        append("approval.requested", {
          ...where,
          approval: `${where.item}-approval`,
          action: command,
          reason,
        });
      }),
    ask: (question, options) =>
      told(() =>
        append("item.started", {
          turn: turn(),
          item: newItem(),
          content: { kind: "question", question, ...(options && { options: [...options] }) },
        }),
      ),
    aside: (question, answer) =>
      told(() =>
        append("aside.answered", {
          item: newItem(),
          question,
          answer,
          added: { input: 900, cached: 0, output: 60, reasoning: 0, cost: 0.002 },
        }),
      ),
    notice: (level, text) => told(() => append("notice", { level, code: "note", text, turn: turn() })),
    queueMessage: (text, delivery) =>
      told(() => append("message.queued", { message: newItem(), text, delivery })),
    used: (input, output, cost) =>
      told(() =>
        append("usage.updated", {
          turn: turn(),
          model,
          added: { input, cached: Math.round(input * 0.8), output, reasoning: Math.round(output / 3), cost },
        }),
      ),
    changed: (changes) =>
      told(() => append("branch.updated", { branch: `oriel/${slug}`, commit: "b41c22e9", changes })),
    completed: (changes) => told(() => append("turn.completed", { turn: turn(), changes: changes ?? null })),
    interrupted: (text, reason = "host_ended") =>
      told(() => append("turn.interrupted", { turn: turn(), reason, text })),
    failed: (message, details) =>
      told(() =>
        append("turn.failed", {
          turn: turn(),
          failure: {
            code: "model_unavailable",
            message,
            kept: "Everything that was done is kept.",
            hint: "Continue when it is back.",
            ...(details !== undefined && { details }),
          },
        }),
      ),
    merged: (into) =>
      told(() => append("branch.merged", { into, commit: "c77ad01f", how: "squash", checkout: "advanced" })),
    archived: () => told(() => append("session.archived", { trash: `trash/${id}` })),
  };
  return story;
}
