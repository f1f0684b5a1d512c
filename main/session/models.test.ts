import { once } from "node:events";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say, status } from "#main/agent/testing/model-server/script.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import { createAgents, DEFAULT_MODEL } from "./agents.ts";
import type { Credentials } from "./agents.ts";
import { createModels } from "./models.ts";

const OFFLINE = { id: "offline", name: "Offline demo (recipes)", provider: "offline", usable: true };
const entry = (id: string, usable = true) => ({ id, name: id, provider: "compatible", usable });

/** A server that answers every GET so. */
async function listServer(code: number, body: unknown) {
  const seen: (string | undefined)[] = [];
  const http = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const address = http.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
}

const redact = (failure: Failure, key: string): Failure => ({
  ...failure,
  ...(failure.details && { details: key ? failure.details.replaceAll(key, "[key]") : failure.details }),
});
const modelsOf = (credentials: Credentials) => createModels({ agents: createAgents(credentials), redact });

test("without a key there is the offline demo, and what a key would give", async () => {
  const listed = await modelsOf({}).list();
  expect(listed).toEqual({
    ok: true,
    value: [{ id: DEFAULT_MODEL, name: DEFAULT_MODEL, provider: "openai", usable: false }, OFFLINE],
  });
  expect(await modelsOf({}).test({})).toMatchObject({ ok: false, failure: { code: "no_model" } });
});

test("lists what the server has, the default first, without what can't drive an agent", async () => {
  await using server = await listServer(200, {
    data: [{ id: "zeta" }, { id: "alpha" }, { id: "text-embedding-3" }],
  });
  const listed = await modelsOf({ apiKey: "key", baseUrl: server.url }).list();
  expect(listed).toEqual({ ok: true, value: [entry(DEFAULT_MODEL), entry("alpha"), entry("zeta"), OFFLINE] });
  expect(server.seen).toEqual(["/v1/models Bearer key"]);
});

test.each([
  ["does not accept the key", 401, {}, false],
  ["lists nothing", 404, { error: "no such thing" }, true],
  ["sends what is no list", 200, "hello", true],
])("a server that %s", async (_, code, body, usable) => {
  await using server = await listServer(code, body);
  expect(await modelsOf({ baseUrl: server.url }).list()).toEqual({
    ok: true,
    value: [entry(DEFAULT_MODEL, usable), OFFLINE],
  });
});

test("a test is one small real request", async () => {
  await using server = await startModelServer([{ match: "", steps: [say("ready")] }]);
  const tested = await modelsOf({}).test({ baseUrl: server.url, apiKey: "key", model: "tiny" });
  expect(tested).toEqual({ ok: true, value: { model: "tiny", ms: expect.any(Number) } });
  expect(server.requests.map(({ body }) => body["model"])).toEqual(["tiny"]);
});

test("a test that fails says why in plain words, and not with the key", async () => {
  const body = {
    error: { message: "Incorrect API key provided: sk-wrong-key", type: "x", code: "invalid_api_key" },
  };
  await using server = await startModelServer([{ match: "", steps: [status(401, {}, body)] }]);
  const tested = await modelsOf({}).test({ baseUrl: server.url, apiKey: "sk-wrong-key" });
  expect(tested).toEqual({
    ok: false,
    failure: {
      code: "model_unauthorized",
      message: "The model's server did not accept the key.",
      kept: "Nothing was changed.",
      hint: "Check the key: it must belong to this server.",
      details: expect.not.stringContaining("sk-wrong-key"),
    },
  });
});

test("a server that is not there is told as such", async () => {
  const gone = await listServer(200, {});
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  const tested = await modelsOf({}).test({ baseUrl: url });
  expect(tested).toMatchObject({
    ok: false,
    failure: { code: "model_unreachable", hint: "Check the network and the server's address." },
  });
});
