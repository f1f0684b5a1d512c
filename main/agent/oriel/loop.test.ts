import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { FailureError } from "#shared/kernel/failure.ts";
import { call, say, shellCall } from "../testing/model-server/script.ts";
import { scriptedSession, type ScriptedSession } from "../testing/scripted-turn.ts";
import { conversationOf } from "./journal.ts";
import { TOOL_DEFINITIONS } from "./loop.ts";
import { INSTRUCTIONS } from "./prompt.ts";

const shellArguments = (command: string) => ({
  command,
  cwd: null,
  yield_ms: null,
  stdin: null,
  escalate: null,
});

/** The `input` of each request that the server got. */
const inputs = ({ server }: ScriptedSession): unknown[][] =>
  server.requests.map((request) => z.array(z.unknown()).parse(request.body["input"]));

test("a turn is thoughts, words and calls, each an event in its order", async () => {
  await using it = await scriptedSession([
    {
      output: [
        { think: "look first" },
        { say: "Looking." },
        { call: "shell", arguments: shellArguments("echo hi") },
      ],
    },
    say("All done."),
  ]);
  expect(await it.run("say hi")).toEqual({ kind: "completed" });
  expect(it.told()).toEqual([
    'started b thought ""',
    'completed b thought "look first"',
    'started c agent ""',
    'completed c agent "Looking." [reasoning, message]',
    "started d $ echo hi [function_call]",
    "usage.updated",
    "completed d $ echo hi -> 0 [function_call_output]",
    'started e agent ""',
    'completed e agent "All done." [message]',
    "usage.updated",
  ]);
  expect(it.session.deltas.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
    "reasoning: look ",
    "reasoning: first",
    "message: Looking.",
    "output: hi\n",
    "message: All ",
    "message: done.",
  ]);
});

test("a thought without words is not shown but goes with what it led to", async () => {
  await using it = await scriptedSession([
    { output: [{ think: "" }, { call: "shell", arguments: shellArguments("true") }] },
    say("ok"),
  ]);
  await it.run();
  expect(it.told().slice(0, 3)).toEqual([
    "started b $ true [reasoning, function_call]",
    "usage.updated",
    "completed b $ true -> 0 [function_call_output]",
  ]);
});

test("parallel calls: all logged first, run at the same time, completed in the order of the calls", async () => {
  await using it = await scriptedSession([
    {
      output: [
        // Ends only when the second one ran, so they run at the same time or never end.
        {
          call: "shell",
          arguments: shellArguments("mkfifo a b 2>/dev/null; echo 1 > a & read x < b; echo first"),
        },
        {
          call: "shell",
          arguments: shellArguments("mkfifo a b 2>/dev/null; echo 1 > b & read x < a; echo second"),
        },
      ],
    },
    say("ok"),
  ]);
  await it.run();
  expect(it.told().map((line) => line.split(" $ ")[0])).toEqual([
    "started b",
    "started c",
    "usage.updated",
    "completed b",
    "completed c",
    'started d agent ""',
    'completed d agent "ok" [message]',
    "usage.updated",
  ]);
});

test("patches of one response are applied one after the other", async () => {
  const patch = (from: string, to: string) => ({
    patch: `*** Begin Patch\n*** Update File: a.txt\n@@\n-${from}\n+${to}\n*** End Patch`,
  });
  await using it = await scriptedSession([
    {
      output: [
        { call: "apply_patch", arguments: patch("one", "two") },
        { call: "apply_patch", arguments: patch("two", "three") },
      ],
    },
    say("ok"),
  ]);
  await writeFile(path.join(it.worktree, "a.txt"), "one\n");
  await it.run();
  expect(it.told().slice(0, 5)).toEqual([
    "started b update a.txt +1 -1 [function_call]",
    "started c update a.txt +1 -1 [function_call]",
    "usage.updated",
    "completed b update a.txt +1 -1 [function_call_output]",
    "completed c update a.txt +1 -1 [function_call_output]",
  ]);
});

test("the plan is an event of its own within its item", async () => {
  const steps = [
    { text: "look", status: "completed" },
    { text: "write", status: "in_progress" },
  ];
  await using it = await scriptedSession([call("update_plan", { explanation: null, steps }), say("ok")]);
  await it.run();
  expect(it.told().slice(0, 4)).toEqual([
    "started b plan [function_call]",
    "usage.updated",
    "plan look: completed, write: in_progress",
    "completed b plan [function_call_output]",
  ]);
});

test("each request extends the one before byte for byte, over turns and restarts", async () => {
  await using it = await scriptedSession([
    { output: [{ think: "hm" }, { call: "shell", arguments: shellArguments("echo one") }] },
    { output: [{ say: "one" }, { call: "nonsense", arguments: "{" }] },
    say("first done"),
    shellCall("echo two"),
    say("second done"),
  ]);
  await it.run("first", { projectInstructions: "Use tabs." });
  await it.run("second", { projectInstructions: "Use tabs." });
  const texts = inputs(it).map((input) => JSON.stringify(input));
  expect(texts).toHaveLength(5);
  for (const [at, text] of texts.entries()) {
    if (at === 0) continue;
    const before = texts[at - 1]?.slice(0, -1) ?? "";
    expect(text.startsWith(`${before},`)).toBe(true);
  }
});

test("the conversation is what the log holds, in its redacted words", async () => {
  await using it = await scriptedSession([shellCall("echo hunter2"), say("ok")], {
    session: { redact: (text) => text.replaceAll("hunter2", "«secret»") },
  });
  await it.run("the password is hunter2");
  const logged = conversationOf(it.session.log);
  // All but the context message in front and the last answer, which no request has seen yet.
  expect(inputs(it).at(-1)?.slice(1)).toEqual(logged.slice(0, -1));
  expect(JSON.stringify(it.server.requests.map((request) => request.body))).not.toContain("hunter2");
  expect(it.session.started.map((request) => request.command)).toEqual(["echo hunter2"]);
});

test("fixed text and tools come first, are the same for every session and stay under 2,000 tokens", async () => {
  await using it = await scriptedSession([say("ok")]);
  await it.run("hello", { projectInstructions: "Use tabs.", branch: "oriel/hello" });
  const { instructions, tools, input, ...rest } = it.server.requests[0]?.body ?? {};
  expect(rest).toEqual({
    model: "gpt-5.4",
    include: ["reasoning.encrypted_content"],
    parallel_tool_calls: true,
    prompt_cache_key: "ses_test",
    store: false,
    stream: true,
  });
  expect(instructions).toBe(INSTRUCTIONS);
  expect(tools).toEqual(TOOL_DEFINITIONS.map((tool) => ({ type: "function", strict: true, ...tool })));
  expect((JSON.stringify(tools).length + INSTRUCTIONS.length) / 4).toBeLessThan(2_000);
  const environment = [
    "<environment>",
    `worktree: ${it.worktree}`,
    "branch: oriel/hello",
    "session started: 1970-01-01",
    "sandbox: workspace-write; approval policy: on-request",
    "</environment>",
    '<project_instructions from="AGENTS.md">',
    "Use tabs.",
    "</project_instructions>",
  ].join("\n");
  expect(input).toEqual([
    { role: "user", content: [{ type: "input_text", text: environment }] },
    { role: "user", content: [{ type: "input_text", text: "hello" }] },
  ]);
});

test("what the person steers with is in the next request, and ends a wait for a command", async () => {
  await using it = await scriptedSession([
    call("shell", {
      command: "echo started; read x; echo got $x",
      cwd: null,
      yield_ms: null,
      stdin: true,
      escalate: null,
    }),
    (request) => {
      const handle = /running: (cmd_\w+)/.exec(JSON.stringify(request.body))?.[1] ?? "";
      return call("shell_io", { handle, input: "tea\n", kill: false, yield_ms: null });
    },
    say("ok"),
  ]);
  const turn = it.run();
  await it.session.event("item.started", (event) => event.body.content.kind === "command");
  it.session.steer("prefer tea");
  expect(await turn).toEqual({ kind: "completed" });
  const handle = it.session.started[0]?.handle ?? "";
  expect(it.told()).toEqual([
    "started b $ echo started; read x; echo got $x [function_call]",
    "usage.updated",
    "completed b $ echo started; read x; echo got $x [function_call_output]",
    'completed c person "prefer tea" [user]',
    `started d write to ${handle}: tea [function_call]`,
    "usage.updated",
    `completed d write to ${handle}: tea [function_call_output]`,
    'started e agent ""',
    'completed e agent "ok" [message]',
    "usage.updated",
  ]);
});

test("words that come with the last answer start another step instead of getting lost", async () => {
  await using it = await scriptedSession([say("done"), say("also done")]);
  const turn = it.run();
  await it.server.received(1);
  it.session.steer("one more thing");
  expect(await turn).toEqual({ kind: "completed" });
  expect(it.told().filter((line) => line.includes("person") || line.includes("[message]"))).toEqual([
    'completed b agent "done" [message]',
    'completed c person "one more thing" [user]',
    'completed d agent "also done" [message]',
  ]);
});

test("usage is counted after each response, with its cost", async () => {
  await using it = await scriptedSession([
    say("ok", { usage: { input: 1_000_000, cached: 400_000, output: 100_000, reasoning: 50_000 } }),
  ]);
  await it.run();
  const usage = it.session.log.filter((event) => event.type === "usage.updated").map((event) => event.body);
  expect(usage).toEqual([
    {
      turn: "trn_0",
      model: "gpt-5.4",
      added: { input: 1_000_000, cached: 400_000, output: 100_000, reasoning: 50_000, cost: 3.1 },
    },
  ]);
});

test("a call that an earlier run of the app left open is answered before anything is asked", async () => {
  await using it = await scriptedSession([say("ok")]);
  const open = { type: "function_call", call_id: "call_old", name: "shell", arguments: "{}" };
  it.session.append("item.started", {
    turn: "trn_old",
    item: "itm_old",
    content: { kind: "command", command: "make", cwd: "" },
    model: [open],
  });
  await it.run("continue");
  const outputs = inputs(it)[0]?.filter((entry) => JSON.stringify(entry).includes("call_old"));
  expect(outputs).toEqual([
    open,
    {
      type: "function_call_output",
      call_id: "call_old",
      output: expect.stringContaining("not known how far"),
    },
  ]);
});

test("a log that cannot be written ends the turn as failed", async () => {
  const full = { code: "disk_full", message: "The disk is full." };
  await using it = await scriptedSession([say("ok")], {
    session: { ports: { emit: () => Promise.reject(new FailureError(full)) } },
  });
  expect(await it.run()).toEqual({ kind: "failed", failure: full });
});
