import { expect, test } from "vitest";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say, status } from "#main/agent/testing/model-server/script.ts";
import { createAgents } from "./agents.ts";
import { createSecretKeeper } from "./secret-keeper.ts";
import { createWorld, isOver, valueOf } from "./testing/world.ts";

test("a session's conversation stays with the server where it began, with that server's key", async () => {
  await using world = await createWorld([{ match: "", steps: [status(400), say("Done.")] }]);
  await using other = await startModelServer([{ match: "", steps: [say("Who are you?")] }]);
  await using host = await world.start();
  const { sessions, host: area } = host.host.services;
  valueOf(await area.credentials({ apiKey: "key-of-the-first", baseUrl: world.server.url }));
  const session = await host.create();
  await host.until(session, isOver);
  valueOf(await area.credentials({ apiKey: "key-of-the-other", baseUrl: other.url }));
  valueOf(await sessions.continue({ session }));
  await host.until(session, (now) => now.turn?.status === "completed");
  expect(other.requests).toEqual([]);
  const keys = world.server.requests.map(({ headers }) => headers["authorization"]);
  expect(new Set(keys)).toEqual(new Set(["Bearer key-of-the-first"]));
  expect(JSON.stringify(await host.history(session))).not.toContain("key-of-the-first");
});

test("a client that names only an address takes no key away, and gets none of another's", async () => {
  await using agents = createAgents({ apiKey: "sk-own" });
  agents.use({ baseUrl: "http://127.0.0.1:9/v1" });
  const at = { provider: "compatible", model: "m", baseUrl: "http://127.0.0.1:9/v1" };
  expect(agents.chooseModel("m")).toEqual({ ok: true, value: at });
  expect(await agents.place({ model: "m" })).toEqual({ ok: true, value: { ...at, apiKey: "" } });
  expect(await agents.modelFor({ provider: "openai" })).toMatchObject({ ok: true });
  agents.use({});
  expect(await agents.modelFor({ provider: "openai" })).toMatchObject({ failure: { code: "no_model" } });
});

test("an address of the settings goes along with them", async () => {
  await using agents = createAgents({ apiKey: "sk-own" });
  agents.configure({ model: null, baseUrl: "http://127.0.0.1:9/v1" });
  const chosen = agents.chooseModel("m");
  expect(chosen).toEqual({ ok: true, value: { provider: "compatible", model: "m" } });
  expect(await agents.place({ model: "m" })).toMatchObject({ value: { apiKey: "sk-own" } });
});

test("an older key is still taken out", () => {
  const secrets = createSecretKeeper({});
  secrets.learn("the-first-key");
  secrets.learn("the-second-key");
  expect(secrets.redactText("the-first-key the-second-key")).not.toMatch(/first|second/);
});
