import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { IncomingMessage } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import type { Client } from "#app/cli/connect.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { Script } from "#main/agent/testing/model-server/script.ts";
import { say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import type { LivePiece } from "#shared/session/contract.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import { createOriel } from "../driver/oriel.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { addressOf, connectWeb, openWeb, webSocket } from "../driver/web.ts";

/** An Oriel with a scripted model, a project and a page that is connected. */
async function testPage(script: Script) {
  const owned = new AsyncDisposableStack();
  const server = owned.use(await startModelServer(script));
  const oriel = owned.use(await createOriel());
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const env = { HOME: oriel.root, OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-none" };
  const address = await openWeb(oriel, env);
  const page = owned.use(await connectWeb(address));
  const { client } = page;
  const leave = (): void => page[Symbol.dispose]();
  const delegate = async (): Promise<{ session: string; cursor: number }> => {
    const { sessions, cursor } = await client.sessions.create({ project, sessions: [{ task: "Look" }] });
    return { session: sessions[0]?.id ?? "", cursor };
  };
  return {
    oriel,
    env,
    address,
    client,
    server,
    delegate,
    leave,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The events after a cursor, up to the first of this type. */
async function eventsUntil(
  client: Client,
  session: string,
  from: number,
  type: string,
): Promise<UnknownEvent[]> {
  const events: UnknownEvent[] = [];
  for (let after = from; !events.some((event) => event.type === type);) {
    const read = await client.log.read({ after, sessions: [session], slim: true, waitMs: 20_000 });
    events.push(...read.events.map((event) => ({ ...event, body: event.body })));
    after = read.cursor;
  }
  return events;
}

/** Follows the live text until an item's is `text`; each piece has to go on where the one before it ended. */
async function liveUntil(client: Client, session: string, text: string): Promise<LivePiece> {
  const have: Record<string, number> = {};
  const shown: Record<string, string> = {};
  for (;;) {
    const { pieces } = await client.log.live({ sessions: [session], have, waitMs: 20_000 });
    for (const piece of pieces) {
      expect(piece.offset).toBe(have[piece.item] ?? 0);
      shown[piece.item] = (shown[piece.item] ?? "") + piece.text;
      have[piece.item] = piece.offset + piece.text.length;
      if (shown[piece.item] === text) return piece;
    }
  }
}

/** Three words of an answer, then nothing more. */
const SILENT = say("one two three four five", { fault: { kind: "silence", afterEvents: 5 } });
const ASIDE = { match: "changes nothing about your task", steps: [say("Because it is asked.")] };

test("live text comes while it is written and stops with the turn; an aside changes nothing", async () => {
  await using at = await testPage([ASIDE, { match: "", steps: [shellCall("echo out; sleep 1000"), SILENT] }]);
  const { client } = at;
  const { session, cursor } = await at.delegate();
  expect(await liveUntil(client, session, "out\n")).toMatchObject({ session, kind: "output" });

  const before = await client.sessions.get({ session });
  const { answer, item } = await client.sessions.aside({ session, question: "Why?" });
  expect(answer).toBe("Because it is asked.");
  const asked = at.server.requests.at(-1)?.body["input"];
  expect(JSON.stringify(asked)).toContain("Why?");
  expect(JSON.stringify(asked)).toContain("(still under way)");
  const events = await eventsUntil(client, session, cursor, "aside.answered");
  expect(events.at(-1)).toMatchObject({ type: "aside.answered", body: { item, question: "Why?", answer } });
  const after = await client.sessions.get({ session });
  expect(after).toEqual({ ...before, usage: after.usage, updatedAt: after.updatedAt });
  expect(after.usage.input).toBeGreaterThan(before.usage.input);

  await client.sessions.send({ session, text: "Go on.", delivery: "steer" });
  expect(await liveUntil(client, session, "one two three ")).toMatchObject({ session, kind: "message" });
  await client.sessions.stop({ session });
  expect(await client.log.live({ sessions: [session], have: {}, waitMs: 0 })).toEqual({ pieces: [] });
  await expect(client.sessions.aside({ session: "ses_unknown", question: "?" })).rejects.toMatchObject({
    data: { code: "session_unknown" },
  });
});

test("a first view goes on from its cursor without a gap; a session's log is paged, and slim", async () => {
  await using at = await testPage([{ match: "", steps: [shellCall("echo hi"), say("Done.")] }]);
  const { client } = at;
  const { session } = await at.delegate();
  const view = await client.fleet.view();
  let summary = view.sessions.find(({ id }) => id === session) ?? null;
  const later = summary?.turn?.endedAt
    ? []
    : await eventsUntil(client, session, view.cursor, "turn.completed");
  for (const event of later) summary = reduceSession(summary, event);
  expect(summary).toEqual(await client.sessions.get({ session }));
  expect(view).toMatchObject({ projects: [{ name: "project" }], settings: { theme: "system" }, cutOff: [] });

  const paged: UnknownEvent[] = [];
  for (;;) {
    const { events } = await client.log.session({ session, afterSeq: paged.at(-1)?.seq ?? 0, limit: 3 });
    paged.push(...events.map((event) => ({ ...event, body: event.body })));
    if (events.length < 3) break;
  }
  expect(paged.map(({ seq }) => seq)).toEqual(paged.map((_, index) => index + 1));
  expect(paged[0]).toMatchObject({ type: "session.created", body: { model: expect.any(String) } });
  const items = paged.filter(({ type }) => type.startsWith("item."));
  expect(items.length).toBeGreaterThan(3);
  expect(items.filter(({ body }) => typeof body === "object" && body !== null && "model" in body)).toEqual(
    [],
  );
});

test("what was cut off says so, and goes on by itself where the person set that", async () => {
  await using at = await testPage([{ match: "", steps: [SILENT, say("Done."), SILENT, say("Done again.")] }]);
  const { session } = await at.delegate();
  await liveUntil(at.client, session, "one two three ");
  await at.oriel.killHost();

  using asked = await connectWeb(await openWeb(at.oriel, at.env));
  expect(await asked.client.fleet.view()).toMatchObject({ cutOff: [session] });
  await asked.client.settings.set({ resume: "auto" });
  await at.oriel.killHost();

  using page = await connectWeb(await openWeb(at.oriel, at.env));
  const events = await eventsUntil(page.client, session, 0, "turn.completed");
  expect(
    events.filter(({ type }) => type.startsWith("turn.")).map(({ type, body }) => ({ type, body })),
  ).toMatchObject([
    { type: "turn.started", body: { reason: "task" } },
    { type: "turn.interrupted", body: { reason: "host_ended" } },
    { type: "turn.started", body: { reason: "continue" } },
    { type: "turn.completed" },
  ]);
});

test("who has not the token gets nothing of a real host: not the log, not a folder", async () => {
  await using at = await testPage([]);
  const { origin, token } = at.address;
  const refused = async (
    address: { origin: string; token: string },
    headers: Record<string, string> = {},
  ) => {
    const socket = webSocket(address, "/rpc", headers);
    socket.on("error", () => undefined);
    const [, response]: unknown[] = await once(socket, "unexpected-response");
    return response instanceof IncomingMessage ? response.statusCode : null;
  };
  expect(await refused({ origin, token: "0".repeat(64) })).toBe(401);
  expect(await refused({ origin, token: "" })).toBe(401);
  expect(await refused(at.address, { origin: "https://evil.example" })).toBe(403);
  expect(await refused(at.address, { host: "evil.example" })).toBe(403);
  for (const name of ["/state/log.db", "/..%2f..%2fstate%2flog.db", "/web.json", "/rpc", "/rpc/log/read"]) {
    const response = await fetch(origin + name, { headers: { authorization: `Bearer ${token}` } });
    expect([400, 404]).toContain(response.status);
    expect(await response.text()).not.toContain("SQLite");
  }
});

test("the start command prints one line, opens the demo, brings back a host that died, and leaves at Ctrl-C", async () => {
  await using oriel = await createOriel();
  const started = oriel.start("start", "--no-open", "--demo");
  if (!started.process.stdout) throw new Error("no stdout");
  const [line]: unknown[] = await once(createInterface({ input: started.process.stdout }), "line");
  expect(line).toMatch(/^Oriel is ready at http:\/\/127\.0\.0\.1:\d+\/#token=[0-9a-f]{64}$/);
  const address = addressOf(String(line).slice("Oriel is ready at ".length));
  {
    using page = await connectWeb(address);
    const { projects, sessions } = await page.client.fleet.view();
    expect(projects).toMatchObject([{ name: "sample" }]);
    expect(sessions.map(({ title, model }) => [title, model])).toEqual(
      ["Add missing tests", "Fix lint", "Write API docs", "Containerize"].map((title) => [
        title,
        "offline-demo",
      ]),
    );
    expect(await page.client.projects.addSample()).toEqual(projects[0]);
  }
  await oriel.killHost();
  expect(await openWeb(oriel)).toEqual(address);
  started.process.kill("SIGINT");
  const { exitCode, stdout } = await started.finished;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${String(line)}\n` });
});

test("agents end with the last window where the person set that", async () => {
  await using at = await testPage([{ match: "", steps: [SILENT] }]);
  const { session } = await at.delegate();
  await liveUntil(at.client, session, "one two three ");
  const pid = await at.oriel.hostPid();
  await at.client.settings.set({ keepRunning: false });
  at.leave();
  await until(() => (isRunning(pid) ? null : true));
  const { stdout } = await at.oriel.run("show", session, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ state: "needs_you", turn: { status: "interrupted" } });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("a sample project that somebody put something else in place of is left alone", async () => {
  await using oriel = await createOriel();
  mkdirSync(path.join(oriel.dataDir, "demo", "sample"), { recursive: true });
  using page = await connectWeb(await openWeb(oriel));
  await expect(page.client.projects.addSample()).rejects.toMatchObject({
    code: "FAILURE",
    data: { code: expect.stringMatching(/repository/) },
  });
});
