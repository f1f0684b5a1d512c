import { expect, test } from "vitest";
import type { Event, EventBody, EventType } from "#shared/session/events.ts";
import { completeDanglingCalls, openItems, settleCall } from "./settle.ts";

const event = <Type extends EventType>(type: Type, body: EventBody<Type>) => ({
  ...{ id: 1, stream: "session/s", seq: 1, v: 1, at: 1, actor: "agent" as const, cause: null },
  ...{ type, body },
});

const command: Event<"item.started"> = event("item.started", {
  turn: "trn_1",
  item: "itm_1",
  content: { kind: "command", command: "make", cwd: "", handle: "cmd_1", daemon: "dmn_1" },
  model: [
    { type: "reasoning" },
    { type: "function_call", call_id: "call_1", name: "shell", arguments: "{}" },
  ],
});
const output = (text: string) => [{ type: "function_call_output", call_id: "call_1", output: text }];

test("a command that ended meanwhile gets its result", () => {
  const exit = { exitCode: 2, signal: null, durationMs: 1234 };
  const ref = { blob: null, size: 5, head: "oops\n", tail: "" };
  expect(
    settleCall(command, { kind: "finished", exit, text: "oops\n", output: ref, blocked: ["network a:1"] }),
  ).toEqual({
    turn: "trn_1",
    item: "itm_1",
    status: "failed",
    content: { ...command.body.content, ...exit, output: ref },
    model: output(
      "exit_code: 2\nduration_ms: 1234\nnote: it ended while the app was closed\nblocked by the sandbox: network a:1\noutput:\noops\n",
    ),
  });
});

test("one that goes on can be looked at under its handle", () => {
  expect(settleCall(command, { kind: "running", text: "so far\n" })).toMatchObject({
    status: "completed",
    model: output(
      "running: cmd_1\nduration_ms: 0\nnote: it went on while the app was closed\noutput:\nso far\n",
    ),
  });
});

test.each(["never_ran", "unknown"] as const)("%s is told as such", (kind) => {
  const body = settleCall(command, { kind });
  expect(body).toMatchObject({ status: "interrupted", content: command.body.content });
  expect(body.model?.[0]?.["output"]).toMatch(kind === "never_ran" ? /never ran/ : /not known how far/);
});

test("an answered question has its answer", () => {
  const question = event("item.started", {
    turn: "trn_1",
    item: "itm_2",
    content: { kind: "question", question: "Which?" },
    model: [{ type: "function_call", call_id: "call_1", name: "ask_user", arguments: "{}" }],
  });
  expect(settleCall(question, { kind: "answered", answer: "this" })).toEqual({
    turn: "trn_1",
    item: "itm_2",
    status: "completed",
    content: { kind: "question", question: "Which?", answer: "this" },
    model: output("this"),
  });
});

test("a message that was streaming is closed without a word to the model", () => {
  const content = { kind: "message" as const, role: "agent" as const, text: "" };
  const started = event("item.started", { turn: "trn_1", item: "itm_3", content });
  expect(settleCall(started, { kind: "unknown" })).toEqual({
    turn: "trn_1",
    item: "itm_3",
    status: "interrupted",
    content,
  });
});

test("only what is open is completed, in its order", () => {
  const second = event("item.started", { ...command.body, item: "itm_2" });
  const closed = event("item.completed", { ...command.body, status: "completed" });
  expect(openItems([command, second, closed]).map((it) => it.body.item)).toEqual(["itm_2"]);
  expect(completeDanglingCalls([command, second, closed]).map((it) => it.item)).toEqual(["itm_2"]);
  expect(completeDanglingCalls([command, closed])).toEqual([]);
});
