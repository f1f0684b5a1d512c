import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { Event } from "#shared/session/events.ts";
import { createAppender } from "./appender.ts";
import { openForWriting } from "./database.ts";
import type { LogDatabase } from "./database.ts";
import { prepareDraft } from "./drafts.ts";
import { named } from "./failures.ts";
import { openLog, verifyLogFile } from "./log.ts";
import { openViews } from "./projections.ts";
import { startChild } from "./testing/child.ts";
import { created, noticed, renamed } from "./testing/drafts.ts";
import { mountSmallDisk } from "./testing/small-disk.ts";
import { startWorker } from "./worker-link.ts";

const call = (...drafts: Parameters<typeof prepareDraft>[0][]) =>
  drafts.map((draft) => prepareDraft(draft, (value) => value));

const appenderOf = ({ db, version }: LogDatabase) => createAppender(db, openViews(db, version));

test("a writer that is killed in the middle of its appends has lost none that it confirmed", async () => {
  await using dir = await tempDir();
  const confirmed: number[] = [];
  for (const round of [1, 2, 3]) {
    await using writer = startChild("append-forever.ts", dir.path);
    const next = async (): Promise<boolean> => {
      const line = await writer.lines.next();
      if (line.done !== true) confirmed.push(Number(line.value));
      return line.done !== true;
    };
    for (let count = 0; count < 40 * round; count += 1) await next();
    await writer.kill();
    while (await next());
  }

  await using log = await openLog({ dir: dir.path });
  const events = await log.read({ after: 0, limit: 1_000_000 });
  const ids = new Set(events.map((event) => event.id));
  expect(confirmed.length).toBeGreaterThan(200);
  expect(confirmed.filter((id) => !ids.has(id))).toEqual([]);
  expect(await log.verify()).toEqual({ ok: true, events: events.length });
  // The two events of one call are both there or both missing.
  const texts = events.filter((event) => event.type === "notice").map((event) => event.body);
  expect(texts).toEqual(texts.map((_, index) => noticed("", index % 2 === 0 ? "one" : "two").body));
  expect(await log.sessions()).toHaveLength(3);
});

test("on a full disk nothing of an append is stored, reads go on, and with space again so do appends", async (context) => {
  await using dir = await tempDir();
  const state = path.join(dir.path, "state");
  await mkdir(state);
  using disk = mountSmallDisk(state, 2 * 1024 * 1024);
  if (disk === null) {
    context.skip("mount is refused");
    return;
  }
  {
    await using log = await openLog({ dir: state });
    const heard: number[] = [];
    log.subscribe((events) => heard.push(...events.map((event) => event.id)));
    const stored: Event[] = [...(await log.append([created("a")]))];
    const whole = await log.putBlob(new Uint8Array(1000));
    disk.fill();

    const full = { failure: { code: "disk_full", hint: expect.stringContaining("Free some space") } };
    await expect(log.append([renamed("a", "x"), noticed("a", "y".repeat(100_000))])).rejects.toMatchObject(
      full,
    );
    await expect(log.putBlob(new Uint8Array(100_000).fill(1))).rejects.toMatchObject(full);
    expect(await readdir(path.join(state, "blobs", "incoming"))).toEqual([]);
    expect(await log.read({ after: 0, limit: 9 })).toEqual(stored);
    expect((await log.session("a"))?.title).toBe("Add tests");
    expect(await log.readBlob(whole.hash)).toEqual(Buffer.alloc(1000));

    disk.free();
    stored.push(...(await log.append([renamed("a", "Tests"), noticed("a", "y".repeat(100_000))])));
    expect(await log.read({ after: 0, limit: 9 })).toEqual(stored);
    expect(heard).toEqual([1, 2, 3]);
  }
  expect(verifyLogFile(path.join(state, "log.db"))).toEqual({ ok: true, events: 3 });
});

test("a log that can't be made on a full disk says so", async (context) => {
  await using dir = await tempDir();
  const state = path.join(dir.path, "state");
  await mkdir(state);
  using disk = mountSmallDisk(state, 64 * 1024);
  if (disk === null) {
    context.skip("mount is refused");
    return;
  }
  disk.fill();
  await expect(openLog({ dir: state })).rejects.toMatchObject({ failure: { code: "disk_full" } });
});

test("of calls that are committed together, only the one that can't be stored fails", async () => {
  await using dir = await tempDir();
  using log = openForWriting(dir.path);
  const append = appenderOf(log);
  const pages = Number(log.db.pragma("page_count", { simple: true }));
  log.db.pragma(`max_page_count = ${pages + 20}`);
  const bad = { ...call(created("c"))[0]!, body: '{"roots":[]}' };

  const attempts = append([
    call(created("a")),
    call(renamed("a", "Too large"), noticed("a", "x".repeat(200_000))),
    [...call(created("b")), bad],
    call(renamed("a", "Tests")),
  ]);

  expect(attempts.map((attempt) => (attempt.ok ? attempt.stored : named(attempt.error, dir.path)))).toEqual([
    { firstId: 1, seqs: [1] },
    expect.objectContaining({ failure: expect.objectContaining({ code: "disk_full" }) }),
    expect.any(TypeError),
    { firstId: 2, seqs: [2] },
  ]);
  const titles = log.db
    .prepare<[], string>("SELECT id || json_extract(summary, '$.title') FROM session_view")
    .pluck();
  expect(titles.all()).toEqual(["aTests"]);
  expect(verifyLogFile(path.join(dir.path, "log.db"))).toEqual({ ok: true, events: 2 });
});

test("while a foreign tool holds the file an append is refused; then the next one goes through", async () => {
  await using dir = await tempDir();
  using log = openForWriting(dir.path);
  const append = appenderOf(log);
  log.db.pragma("busy_timeout = 0");
  const foreign = new Database(path.join(dir.path, "log.db"));
  foreign.exec("BEGIN IMMEDIATE");
  const refused = append([call(created("a")), call(created("b"))]);
  foreign.exec("ROLLBACK");
  foreign.close();

  const locked = { failure: { code: "log_locked" } };
  expect(
    refused.map((attempt) => (attempt.ok ? attempt.stored : named(attempt.error, dir.path))),
  ).toMatchObject([locked, locked]);
  expect(append([call(created("a"))])).toEqual([{ ok: true, stored: { firstId: 1, seqs: [1] } }]);
});

test("when the thread dies, all that waits and all that comes is told so", async () => {
  await using dir = await tempDir();
  const dying = new URL("./testing/dying-worker.ts", import.meta.url);
  await using link = await startWorker({ dir: dir.path, readOnly: false }, () => {}, dying);
  const pending = [
    link.append(call(created("a"))),
    link.request({ op: "lastId" }),
    link.append(call(created("b"))),
  ];
  const stopped = {
    status: "rejected",
    reason: { failure: { code: "log_stopped", details: "Error: out of memory, say" } },
  };
  expect(await Promise.allSettled(pending)).toMatchObject([stopped, stopped, stopped]);
  const later = [link.append(call(created("c"))), link.request({ op: "lastId" })];
  expect(await Promise.allSettled(later)).toMatchObject([stopped, stopped]);
});

test("a thread that can't even start is told as well", async () => {
  await using dir = await tempDir();
  const missing = new URL("./testing/no-such-worker.ts", import.meta.url);
  await expect(startWorker({ dir: dir.path, readOnly: false }, () => {}, missing)).rejects.toMatchObject({
    failure: { code: "log_stopped" },
  });
});
