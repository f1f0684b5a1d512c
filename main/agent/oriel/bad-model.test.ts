/** What a bad model does to a turn. */
import { expect, test } from "vitest";
import { z } from "zod";
import { call, say, shellCall, type Reply } from "../testing/model-server/script.ts";
import { scriptedSession, type ScriptedSession } from "../testing/scripted-turn.ts";
import { REPEAT_LIMIT } from "./repetition.ts";

const outputs = ({ server }: ScriptedSession): string[] => {
  const input = z.array(z.record(z.string(), z.unknown())).parse(server.requests.at(-1)?.body["input"]);
  return input.flatMap((entry) =>
    entry["type"] === "function_call_output" ? [String(entry["output"])] : [],
  );
};

test.each<[string, Reply, string]>([
  [
    "an unknown tool",
    call("rm_rf", {}),
    'not run: there is no tool "rm_rf". The tools are: shell, shell_io, apply_patch',
  ],
  ["bad JSON", call("shell", '{"command": "true"'), "not run: the arguments are not valid JSON"],
  [
    "a missing argument",
    call("shell", { command: "true" }),
    "not run: the arguments do not fit the schema: cwd:",
  ],
  [
    "an argument too many",
    call("view_image", { path: "a", size: 1 }),
    "not run: the arguments do not fit the schema",
  ],
  ["a wrong type", call("read_file", { path: 1, offset: null, limit: null }), "do not fit the schema: path:"],
  ["no object", call("shell", "null"), "do not fit the schema: arguments:"],
  [
    "a patch that is none",
    call("apply_patch", { patch: "hello" }),
    "not run: not a patch: the first line must be",
  ],
])("%s does not run, and the model is told why", async (_name, reply, words) => {
  await using it = await scriptedSession([reply, say("ok")]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()[0]).toMatch(/^started b \w+ \[function_call\]$/);
  expect(it.told()[2]).toMatch(/^failed b \w+ \[function_call_output\]$/);
  expect(outputs(it)).toEqual([expect.stringContaining(words)]);
  expect(it.session.started).toEqual([]);
});

test.each<[string, Reply]>([
  ["call", shellCall("echo again")],
  ["invalid call", call("shell", "{")],
  ["unknown tool", call("nothing", {})],
])("the same %s with the same result, again and again, ends the turn with a word", async (_name, reply) => {
  await using it = await scriptedSession([reply]);
  expect(await it.run()).toMatchObject({
    kind: "interrupted",
    reason: "repetition",
    text: expect.stringContaining(`the same call ${REPEAT_LIMIT} times in a row`),
  });
  expect(it.server.requests).toHaveLength(REPEAT_LIMIT);
});

test("the same call with other results goes on, and so does waiting, up to the step limit", async () => {
  await using it = await scriptedSession([shellCall("echo x >>log; wc -l <log")]);
  expect(await it.run("count", { stepLimit: 6 })).toEqual({
    kind: "interrupted",
    reason: "step_limit",
    text: "The turn reached its limit of 6 requests to the model. What was done is kept; continue to go on.",
  });
  expect(it.server.requests).toHaveLength(6);
});

test("an answer without anything in it ends the turn", async () => {
  await using it = await scriptedSession([{ output: [] }]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()).toEqual(["usage.updated"]);
});

test("a task of 100 kB reaches the model whole", async () => {
  await using it = await scriptedSession([say("ok")]);
  const task = "tāsk ".repeat(20_000);
  expect(await it.run(task)).toEqual({ kind: "completed" });
  expect(JSON.stringify(it.server.requests[0]?.body["input"])).toContain(task);
});
