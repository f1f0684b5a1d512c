import { expect, test } from "vitest";
import { collect } from "../testing/collect.ts";
import { startModelServer } from "../testing/model-server/model-server.ts";
import { say, status, type Reply } from "../testing/model-server/script.ts";
import { createModel, type ModelOptions } from "./create-model.ts";
import type { Model, ModelEvent, ModelRequest } from "./model.ts";

const request: ModelRequest = {
  model: "some-model",
  instructions: "Fixed.",
  tools: [],
  input: [{ role: "user", content: "go" }],
  cacheKey: "ses_1",
};

const modelAt = (url: string, options: Partial<ModelOptions> = {}): Model =>
  createModel({ provider: "compatible", baseUrl: url, apiKey: "", ...options });

const ask = (model: Model, changes: Partial<ModelRequest> = {}): Promise<ModelEvent[]> =>
  collect(model.stream({ ...request, ...changes }, new AbortController().signal));

const REPLY: Reply = {
  output: [{ think: "so" }, { say: "hi you" }, { call: "shell", arguments: { a: 1 }, id: "call_1" }],
  usage: { input: 7, cached: 5, output: 3, reasoning: 1 },
};
const COMPLETED = { type: "completed", usage: { input: 7, cached: 5, output: 3, reasoning: 1 } };

test("both wires tell the same", async () => {
  await using server = await startModelServer([{ match: "", steps: [REPLY] }]);
  const told = (events: ModelEvent[]) =>
    events.map((event) => {
      if (event.type === "delta") return `${event.kind} ${event.text}`;
      if (event.type !== "item") return event;
      const { raw, ...item } = event.item;
      return { item, next: raw?.["type"] ?? null };
    });
  const call = { kind: "call", callId: "call_1", name: "shell", arguments: '{"a":1}' };
  expect(told(await ask(modelAt(server.url, { wire: "responses" })))).toEqual([
    "reasoning so",
    { item: { kind: "reasoning", text: "so" }, next: "reasoning" },
    "message hi ",
    "message you",
    { item: { kind: "message", text: "hi you" }, next: "message" },
    { item: call, next: "function_call" },
    COMPLETED,
  ]);
  // Chat Completions has no place for thoughts, and says only at the end that a piece is whole.
  expect(told(await ask(modelAt(server.url, { wire: "chat" })))).toEqual([
    "reasoning so",
    "message hi ",
    "message you",
    { item: { kind: "reasoning", text: "so" }, next: null },
    { item: { kind: "message", text: "hi you" }, next: "message" },
    { item: call, next: "function_call" },
    COMPLETED,
  ]);
});

const GO = [{ match: "", steps: [say("ok")] }];

test("auto: a server that only has Chat Completions is found out once and remembered", async () => {
  await using server = await startModelServer(GO, { wires: ["chat"] });
  const model = modelAt(server.url);
  for (const count of [1, 2]) {
    const events = await ask(model);
    expect(events.at(-1)?.type).toBe("completed");
    expect(server.requests.map((it) => it.path)).toEqual(Array(count).fill("/v1/chat/completions"));
  }
});

test("auto: a server with both is asked by the Responses API", async () => {
  await using server = await startModelServer(GO);
  const model = modelAt(server.url);
  await ask(model);
  expect(server.requests.map((it) => it.path)).toEqual(["/v1/responses"]);
});

test("auto: a model that the server does not know is no reason to change the wire", async () => {
  const body = { error: { message: "The model `some-model` does not exist", code: "model_not_found" } };
  await using server = await startModelServer([{ match: "", steps: [status(404, {}, body)] }]);
  const model = modelAt(server.url);
  const events = await ask(model);
  expect(events).toMatchObject([
    { type: "fault", fault: { failure: { code: "model_not_found" }, retry: null } },
  ]);
  expect(server.requests.map((it) => it.path)).toEqual(["/v1/responses"]);
});

test("chat: a call counts only when the server says why it ended", async () => {
  const cut: Reply = { output: [{ call: "shell", arguments: "{}" }], fault: { kind: "cut", afterEvents: 3 } };
  await using server = await startModelServer([
    { match: "", steps: [cut, { ...cut, fault: undefined, incomplete: "max_output_tokens" }] },
  ]);
  const model = modelAt(server.url, { wire: "chat" });
  expect(await ask(model)).toMatchObject([
    { type: "fault", fault: { failure: { code: "model_unreachable" } } },
  ]);
  expect(await ask(model)).toMatchObject([{ type: "incomplete", reason: "max_output_tokens" }]);
});

test("chat: the conversation in its own words", async () => {
  await using server = await startModelServer(GO);
  const model = modelAt(server.url, { apiKey: "key", wire: "chat" });
  const image = [{ type: "input_image", image_url: "data:image/png;base64,AA", detail: "auto" }];
  const input = [
    { role: "user", content: [{ type: "input_text", text: "go" }] },
    { type: "reasoning", id: "rs", summary: [] },
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Both." }] },
    { type: "function_call", call_id: "1", name: "view_image", arguments: "{}" },
    { type: "function_call", call_id: "2", name: "shell", arguments: "{}" },
    { type: "function_call_output", call_id: "1", output: image },
    { type: "function_call_output", call_id: "2", output: "exit_code: 0" },
    { type: "function_call", call_id: "3", name: "shell", arguments: "{}" },
    { type: "function_call_output", call_id: "3", output: "" },
  ];
  const tools = [{ name: "shell", description: "Run.", parameters: { type: "object" } }];
  await ask(model, { tools, input });
  const call = (id: string, name: string) => ({ id, type: "function", function: { name, arguments: "{}" } });
  expect(server.requests[0]?.headers["authorization"]).toBe("Bearer key");
  expect(server.requests[0]?.body).toEqual({
    model: "some-model",
    stream: true,
    stream_options: { include_usage: true },
    tools: [{ type: "function", function: { ...tools[0], strict: true } }],
    messages: [
      { role: "system", content: "Fixed." },
      { role: "user", content: "go" },
      { role: "assistant", content: "Both.", tool_calls: [call("1", "view_image"), call("2", "shell")] },
      { role: "tool", tool_call_id: "1", content: "The image follows." },
      { role: "tool", tool_call_id: "2", content: "exit_code: 0" },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA" } }] },
      { role: "assistant", content: null, tool_calls: [call("3", "shell")] },
      { role: "tool", tool_call_id: "3", content: "" },
    ],
  });
});

test("nothing of OpenAI's environment reaches another server", async () => {
  await using server = await startModelServer(GO);
  const before = { ...process.env };
  Object.assign(process.env, {
    OPENAI_API_KEY: "sk-secret",
    OPENAI_ORG_ID: "org",
    OPENAI_PROJECT_ID: "proj",
  });
  try {
    await ask(modelAt(server.url));
  } finally {
    for (const name of ["OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"]) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
  expect(JSON.stringify(server.requests[0]?.headers)).not.toMatch(/sk-secret|org|proj/);
});

test("endless garbage is a broken answer, not an endless one", async () => {
  const garbage = Array.from({ length: 100 }, () => "data: {{{\n\n").join("");
  await using server = await startModelServer([
    {
      match: "",
      steps: [say("ok", { fault: { kind: "garbage", beforeEvent: 0, text: `{\n\n${garbage}` } })],
    },
  ]);
  for (const wire of ["responses", "chat"] as const) {
    const events = await ask(modelAt(server.url, { wire }));
    expect(events.at(-1)).toMatchObject({ type: "fault", fault: { retry: { afterMs: null } } });
  }
});

test("no model that does not think is asked for its thoughts", async () => {
  await using server = await startModelServer(GO);
  const model = modelAt(server.url, { provider: "openai" });
  for (const name of ["gpt-4.1-mini", "gpt-5.4", "o3"]) {
    await ask(model, { model: name });
  }
  expect(server.requests.map((it) => it.body["include"])).toEqual([
    [],
    ["reasoning.encrypted_content"],
    ["reasoning.encrypted_content"],
  ]);
});

test.each([
  ["no address", { baseUrl: "not an address" }],
  ["a key with a line end in it", { apiKey: "sk-one\nsk-two" }],
  ["a key that is no key", { apiKey: "🔑" }],
])("%s is said, without quoting the key", async (_name, options) => {
  await using server = await startModelServer(GO);
  const events = await ask(modelAt(server.url, options));
  expect(events).toMatchObject([
    { type: "fault", fault: { failure: { code: "model_misconfigured" }, retry: null } },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/sk-one|🔑/u);
});
