import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { EventDraft, UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import { openLog } from "./log.ts";
import { AT, created, noticed, renamed } from "./testing/drafts.ts";

const around = { v: 1, at: AT, actor: "oriel", cause: null };

test("an append returns the events as they are stored, and read gives the same", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  const project = {
    stream: "project/prj_1",
    at: AT,
    actor: "person",
    cause: "cmd_1",
    type: "project.added",
  } as const;
  const body = { path: "/home/ada/Größe 世界 🙂", name: "a\u0000b\ud800" };

  const first = await log.append([created("a"), renamed("a", "Tests"), created("b")]);
  const second = await log.append([{ ...project, body }, renamed("a", "More tests")]);

  const expected = [
    { id: 1, seq: 1, ...around, ...created("a") },
    { id: 2, seq: 2, ...around, ...renamed("a", "Tests") },
    { id: 3, seq: 1, ...around, ...created("b") },
    { id: 4, seq: 1, v: 1, ...project, body },
    { id: 5, seq: 3, ...around, ...renamed("a", "More tests") },
  ];
  expect([...first, ...second]).toEqual(expected);
  expect(await log.read({ after: 0, limit: 100 })).toEqual(expected);
  expect(await log.lastId()).toBe(5);
});

test("a page of big events is a short one", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  const big = "x".repeat(3 * 1024 * 1024);
  await log.append(Array.from({ length: 5 }, () => noticed("a", big)));
  const ids = (events: readonly UnknownEvent[]): number[] => events.map((event) => event.id);
  expect(ids(await log.read({ after: 0, limit: 100 }))).toEqual([1, 2, 3]);
  expect(ids(await log.read({ after: 3, limit: 100 }))).toEqual([4, 5]);
});

test("reads from a cursor: all streams by id, one stream by id or by its own numbers, and no more than asked", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  await log.append(["a", "b", "a", "a", "b", "a"].map((session, index) => noticed(session, `${index}`)));
  const ids = (events: readonly UnknownEvent[]): number[] => events.map((event) => event.id);
  const a = "session/a";

  expect(ids(await log.read({ after: 2, limit: 3 }))).toEqual([3, 4, 5]);
  expect(ids(await log.read({ after: 6, limit: 3 }))).toEqual([]);
  expect(ids(await log.read({ after: 0, stream: a, limit: 2 }))).toEqual([1, 3]);
  expect(ids(await log.read({ after: 2, stream: a, limit: 9 }))).toEqual([3, 4, 6]);
  expect(ids(await log.read({ after: 3, stream: a, limit: 9 }))).toEqual([4, 6]);
  expect(ids(await log.read({ after: 9, stream: a, limit: 9 }))).toEqual([]);
  expect(ids(await log.read({ after: 0, stream: "session/none", limit: 9 }))).toEqual([]);
  expect(ids(await log.readStream(a, 1, 2))).toEqual([3, 4]);
  await expect(log.read({ after: -1, limit: 1 })).rejects.toThrow(/after|>=0/);
  await expect(log.readStream(a, 0, 0)).rejects.toThrow(/>0/);
});

test("appends that are not waited for keep their order, and subscribers hear of each once, in that order", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  const heard: number[] = [];
  const resolved: number[] = [];
  const end = log.subscribe((events) => heard.push(...events.map((event) => event.id)));

  const texts = Array.from({ length: 200 }, (_, index) => `${index}`);
  await Promise.all(
    texts.map(async (text, index) => {
      // Some in the same tick, some while earlier ones are being written.
      if (index % 3 === 0) await log.lastId();
      const [event] = await log.append([noticed("a", text)]);
      resolved.push(event!.id);
    }),
  );
  end();
  await log.append([noticed("a", "unheard")]);

  const ids = texts.map((_, index) => index + 1);
  expect(heard).toEqual(ids);
  expect(resolved).toEqual(ids);
  expect((await log.readStream("session/a", 0, 1000)).map((event) => event.seq)).toEqual([...ids, 201]);
});

test("what is redacted reaches neither the disk nor the caller nor a subscriber", async () => {
  await using dir = await tempDir();
  const redact = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll("hunter2", "[redacted]"));
  await using log = await openLog({ dir: dir.path, redact });
  const heard: UnknownEvent[] = [];
  log.subscribe((events) => heard.push(...events));

  const stored = await log.append([noticed("a", "the password is hunter2")]);

  const expected = [{ id: 1, seq: 1, ...around, ...noticed("a", "the password is [redacted]") }];
  expect([stored, heard, await log.read({ after: 0, limit: 9 })]).toEqual([expected, expected, expected]);
});

test("what the caller does to a draft after the append changes nothing", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  const entry: Record<string, unknown> = { role: "user" };
  const content = { kind: "message", role: "person", text: "hi" } as const;
  const body = { turn: "trn_1", item: "itm_1", status: "completed", content, model: [entry] } as const;
  const pending = log.append([
    { ...noticed("a", ""), type: "item.completed", body: { ...body, model: [entry] } },
  ]);
  entry["role"] = "changed";

  expect(await pending).toEqual(await log.read({ after: 0, limit: 1 }));
  expect((await pending)[0]!.body).toEqual({ ...body, model: [{ role: "user" }] });
});

test.for<[string, EventDraft]>([
  ["a stream that is none", { ...noticed("a", "x"), stream: "elsewhere" }],
  ["a time that is none", { ...noticed("a", "x"), at: Number.NaN }],
  // What an untyped caller could pass.
  ["a body of another type", JSON.parse(JSON.stringify({ ...noticed("a", "x"), body: { title: "x" } }))],
  ["an unknown type", JSON.parse(JSON.stringify({ ...noticed("a", "x"), type: "no.such" }))],
])("a draft with %s throws, and nothing of its call is stored", async ([, bad]) => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  await expect(log.append([created("a"), bad])).rejects.not.toHaveProperty("failure");
  expect(await log.append([])).toEqual([]);
  expect(await log.lastId()).toBe(0);
});

test("sessions and projects are what their reducers make of the events, before and after a restart", async () => {
  await using dir = await tempDir();
  const expected = await (async () => {
    await using log = await openLog({ dir: dir.path });
    await log.append([created("a"), created("b", "Fix lint")]);
    await log.append([renamed("a", "Tests"), noticed("b", "Looking")]);
    await log.append([
      {
        stream: "project/prj_1",
        at: AT,
        actor: "person",
        cause: null,
        type: "project.added",
        body: { path: "/home/ada/acme-api", name: "acme-api" },
      },
      {
        stream: "fleet",
        at: AT,
        actor: "oriel",
        cause: null,
        type: "notice",
        body: noticed("", "Hello").body,
      },
    ]);
    const reduced = async (stream: string) =>
      (await log.readStream(stream, 0, 99)).reduce(reduceSession, null);
    const sessions = [await reduced("session/a"), await reduced("session/b")];
    expect(await log.sessions()).toEqual(sessions);
    return sessions;
  })();

  await using log = await openLog({ dir: dir.path });
  expect(await log.sessions()).toEqual(expected);
  expect(await log.session("b")).toEqual(expected[1]);
  expect(await log.session("none")).toBeNull();
  expect(await log.projects()).toEqual([
    { id: "prj_1", path: "/home/ada/acme-api", name: "acme-api", addedAt: AT },
  ]);
  await log.append([renamed("b", "Lint")]);
  expect((await log.session("b"))?.title).toBe("Lint");
});

test("closing waits for what was appended; afterwards every call says that the log is closed", async () => {
  await using dir = await tempDir();
  const log = await openLog({ dir: dir.path });
  const appended = log.append([noticed("a", "last words")]);
  await log[Symbol.asyncDispose]();
  expect((await appended).map((event) => event.id)).toEqual([1]);

  const closed = { failure: { code: "log_closed", message: "The log is closed." } };
  await expect(log.append([noticed("a", "too late")])).rejects.toMatchObject(closed);
  await expect(log.lastId()).rejects.toMatchObject(closed);
  await log[Symbol.asyncDispose]();
  await using again = await openLog({ dir: dir.path });
  expect(await again.lastId()).toBe(1);
});
