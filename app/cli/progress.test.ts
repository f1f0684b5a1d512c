import { expect, test } from "vitest";
import type { UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { plainProgress, progressLine } from "./progress.ts";

const event = (seq: number, type: string, body: unknown): UnknownEvent => ({
  id: seq,
  stream: "session/ses_1",
  seq,
  v: 1,
  at: 1000,
  actor: "oriel",
  cause: null,
  type,
  body,
});

const created = {
  title: "Write the documentation of every function that is exported",
  task: "…",
  slug: "write",
  agent: "oriel",
  provider: "openai",
  model: "gpt-5.1",
  approval: "on-request",
  sandbox: "workspace-write",
  parent: null,
  origin: "person",
  roots: [{ project: "/p", base: "main", commit: "0", branch: "oriel/write" }],
};

const steps = [
  { text: "Read the source", status: "completed" },
  { text: "Write the page", status: "in_progress" },
];

const running = [
  event(1, "session.created", created),
  event(2, "worktree.ready", { path: "/w", git: "/g" }),
  event(3, "turn.started", { turn: "t", reason: "task", sandboxed: true }),
  event(4, "plan.updated", { turn: "t", steps }),
].reduce<SessionSummary | null>(reduceSession, null)!;

test("a progress line is as wide as it is asked to be, and says state, plan, step and time", () => {
  const line = progressLine(running, 66_000, 100);
  expect(line).toHaveLength(100);
  expect(line).toMatch(/^● Running {4}Write the documentation.*…  1\/2 {4}Write the page .* 1 min 5 s$/);
  expect(progressLine(running, 66_000, 40)).toHaveLength(40);
});

test("in a pipe a line is printed only when something changed", () => {
  const lines: string[] = [];
  using progress = plainProgress({ write: (line) => lines.push(line) });
  progress.show([running]);
  progress.show([running]);
  expect(lines).toEqual([
    "ses_1  Running  Write the documentation of every function that is exported  1/2  Write the page\n",
  ]);
});

test("in a pipe what a session reads and runs on the way to a step is no line of its own", () => {
  const lines: string[] = [];
  using progress = plainProgress({ write: (line) => lines.push(line) });
  const content = { kind: "tool_call", tool: "read_file", title: "read_file a.ts", arguments: "{}" };
  const reads = event(5, "item.started", { turn: "t", item: "i", content });
  const done = event(6, "plan.updated", {
    turn: "t",
    steps: steps.map((step) => ({ ...step, status: "completed" })),
  });
  const shown = [running, reduceSession(running, reads)!];
  for (const summary of [...shown, reduceSession(shown[1]!, done)!]) progress.show([summary]);
  const title = "Write the documentation of every function that is exported";
  expect(lines).toEqual([
    `ses_1  Running  ${title}  1/2  Write the page\n`,
    `ses_1  Running  ${title}  2/2\n`,
  ]);
});
