import OpenAI from "openai";
import { expect, test } from "vitest";
import { OFFLINE_MODEL, startOfflineModel } from "./server.ts";

const post = (baseUrl: string, body: string) => fetch(`${baseUrl}/responses`, { method: "POST", body });

test("streams the events that OpenAI's own client understands, in its order", async () => {
  await using server = await startOfflineModel({ charactersPerSecond: 20_000 });
  const client = new OpenAI({ baseURL: server.baseUrl, apiKey: "any" });
  const input = [{ role: "user" as const, content: "Write API docs" }];
  const types: string[] = [];
  let numbers: number[] = [];
  let text = "";
  for await (const event of await client.responses.create({ model: OFFLINE_MODEL, input, stream: true })) {
    if (types.at(-1) !== event.type) types.push(event.type);
    numbers.push(event.sequence_number);
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type !== "response.completed") continue;
    const { output, usage, status } = event.response;
    expect(status).toBe("completed");
    expect(output.map((item) => (item.type === "function_call" ? item.name : item.type))).toEqual([
      "message",
      "update_plan",
      "list_files",
      "read_file",
    ]);
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
    expect(usage?.input_tokens).toBeGreaterThan(0);
  }
  const call = [
    "response.output_item.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
  ];
  expect(text).toBe("I read the sources and what their comments say.");
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(types).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    ...call,
    ...call,
    ...call,
    "response.completed",
  ]);
});

test("answers whole without stream, and lists its model", async () => {
  await using server = await startOfflineModel();
  const client = new OpenAI({ baseURL: server.baseUrl, apiKey: "any" });
  const response = await client.responses.create({
    model: OFFLINE_MODEL,
    input: "Translate the README to Latin",
  });
  expect(response.output_text).toContain("I am the offline demo: no language model, but four fixed recipes");
  expect((await client.models.list()).data.map((model) => model.id)).toEqual([OFFLINE_MODEL]);
  expect(await client.models.retrieve(OFFLINE_MODEL)).toMatchObject({ id: OFFLINE_MODEL, object: "model" });
});

test.for([
  ["no JSON", "{", 400, null],
  ["no input", JSON.stringify({ model: OFFLINE_MODEL }), 400, null],
  ["a strange input", JSON.stringify({ model: OFFLINE_MODEL, input: [1] }), 400, null],
  ["another model", JSON.stringify({ model: "gpt-5", input: "hi" }), 404, "model_not_found"],
] as const)("refuses %s as OpenAI does", async ([, body, status, code]) => {
  await using server = await startOfflineModel();
  const response = await post(server.baseUrl, body);
  const answer = await response.json();
  expect(response.status).toBe(status);
  expect(answer).toEqual({
    error: { message: expect.any(String), type: "invalid_request_error", param: null, code },
  });
});

test.for(["/v1/chat/completions", "/", "/v1/responses/resp_1"])("has nothing at %s", async (where) => {
  await using server = await startOfflineModel();
  const response = await fetch(new URL(where, server.baseUrl));
  expect({ status: response.status, body: await response.json() }).toEqual({
    status: 404,
    body: {
      error: {
        message: `Invalid URL (GET ${where})`,
        type: "invalid_request_error",
        param: null,
        code: null,
      },
    },
  });
});

test("closes its port while a reply still streams, and refuses a port that is taken", async () => {
  const server = await startOfflineModel({ charactersPerSecond: 0.001 });
  const port = Number(new URL(server.baseUrl).port);
  await expect(startOfflineModel({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  const response = await post(
    server.baseUrl,
    JSON.stringify({ model: OFFLINE_MODEL, input: "docs", stream: true }),
  );
  const rest = response.text();
  await server[Symbol.asyncDispose]();
  await expect(rest).rejects.toThrow("terminated");
  await expect(fetch(`${server.baseUrl}/models`)).rejects.toThrow("fetch failed");
});
