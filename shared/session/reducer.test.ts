import { expect, test } from "vitest";
import type { UnknownEvent } from "./events.ts";
import { reduceSession } from "./reducer.ts";
import { wasCutOff } from "./summary.ts";
import type { SessionSummary } from "./summary.ts";

const created = {
  title: "Add tests",
  task: "Add tests",
  slug: "add-tests",
  agent: "oriel",
  provider: "openai",
  model: "gpt-5.1",
  approval: "on-request",
  sandbox: "workspace-write",
  parent: null,
  origin: "person",
  roots: [{ project: "/p", base: "main", commit: "0", branch: "oriel/add-tests" }],
};
const turn = "trn_1";
const command = { kind: "command", command: "npm test", cwd: "" };
const question = { kind: "question", question: "Which one?" };

/** The summary after these events, of which each comes a second after the one before. */
function summaryOf(...events: [type: string, body: unknown, at?: number][]): SessionSummary {
  const whole: [string, unknown, number?][] = [["session.created", created], ...events];
  const summary = whole.reduce<SessionSummary | null>((before, [type, body, at], index) => {
    const seq = index + 1;
    const envelope = { id: seq, stream: "session/ses_1", seq, v: 1, actor: "oriel", cause: null } as const;
    const event: UnknownEvent = { ...envelope, at: at ?? seq * 1000, type, body };
    return reduceSession(before, event);
  }, null);
  if (summary === null) throw new Error("no session");
  return summary;
}

const ready: [string, unknown] = ["worktree.ready", { path: "/w", git: "/g" }];
const started: [string, unknown] = ["turn.started", { turn, reason: "task", sandboxed: true }];
const opened = (content: unknown): [string, unknown] => ["item.started", { turn, item: "itm_1", content }];
const asked: [string, unknown] = [
  "approval.requested",
  { turn, item: "itm_1", approval: "apr_1", action: "rm", reason: "" },
];
const completed = (files: number): [string, unknown] => [
  "turn.completed",
  { turn, changes: { files, added: files, removed: 0 } },
];
const merged: [string, unknown] = [
  "branch.merged",
  { into: "main", commit: "1", how: "squash", checkout: "advanced" },
];
const stopped: [string, unknown] = ["turn.interrupted", { turn, reason: "stopped", text: "Stopped by you." }];

test.each<[string, [string, unknown][]]>([
  ["preparing", []],
  ["queued", [["session.queued", { turn }]]],
  ["preparing", [ready]],
  ["running", [ready, started]],
  ["running", [ready, started, opened(command)]],
  ["needs_you", [ready, started, opened(command), asked]],
  [
    "running",
    [
      ready,
      started,
      opened(command),
      asked,
      ["approval.resolved", { approval: "apr_1", decision: "approved" }],
    ],
  ],
  ["needs_you", [ready, started, opened(question)]],
  ["ready", [ready, started, completed(1)]],
  ["idle", [ready, started, completed(0)]],
  ["needs_you", [ready, started, stopped]],
  ["needs_you", [["turn.interrupted", { turn, reason: "stopped", text: "Stopped before it began." }]]],
  ["needs_you", [["worktree.failed", { failure: { code: "x", message: "It did not work." } }]]],
  ["merged", [ready, started, completed(1), merged]],
  ["merged", [ready, started, stopped, merged]],
  [
    "running",
    [
      ready,
      started,
      completed(1),
      merged,
      ["turn.started", { turn: "trn_2", reason: "message", sandboxed: true }],
    ],
  ],
  ["archived", [ready, started, completed(1), ["session.archived", { trash: "trash/ses_1" }]]],
  [
    "ready",
    [ready, started, completed(1), ["session.archived", { trash: "trash/ses_1" }], ["session.restored", {}]],
  ],
])("is %s", (state, events) => {
  expect(summaryOf(...events).state).toBe(state);
});

test.each([
  ["advanced", "Merged into main"],
  ["dirty", "Merged into main; the files of your checkout were left as they are"],
])("a merged session's line says so, whatever is to be done about a checkout (%s)", (checkout, line) => {
  const { lastLine } = summaryOf(
    ready,
    started,
    completed(1),
    ["branch.merged", { into: "main", commit: "1", how: "squash", checkout }],
    ["notice", { level: "warning", code: "checkout_left_alone", text: "/w/app has changes of yours." }],
  );
  expect(lastLine).toBe(line);
});

test("a night between the crash and the next start is no work", () => {
  const night = 12 * 3_600_000;
  const summary = summaryOf(ready, started, opened(command), [
    "turn.interrupted",
    { turn, reason: "host_ended", text: "Oriel ended.", until: 4000 },
    night,
  ]);
  expect({ activeMs: summary.activeMs, cutOff: wasCutOff(summary) }).toEqual({
    activeMs: 1000,
    cutOff: true,
  });
  expect(summary.open).toEqual([{ item: "itm_1", turn, content: command }]);
});

test("usage adds up, and an unknown price makes the whole unknown", () => {
  const used = (cost: number | null): [string, unknown] => [
    "usage.updated",
    { turn, model: "m", added: { input: 10, cached: 1, output: 2, reasoning: 0, cost } },
  ];
  expect(summaryOf(ready, started, used(0.5), used(0.25)).usage).toEqual({
    input: 20,
    cached: 2,
    output: 4,
    reasoning: 0,
    cost: 0.75,
  });
  expect(summaryOf(ready, started, used(0.5), used(null)).usage.cost).toBeNull();
});

test("events of unknown types and erased ones change nothing", () => {
  const before = summaryOf(ready, started);
  const after = summaryOf(ready, started, ["budget.reached", { limit: 1 }], ["notice", null]);
  expect(after).toEqual(before);
});
