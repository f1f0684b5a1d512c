import { copyFile, mkdir, open, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import { LOG_VERSION } from "./migrations.ts";
import { openLog, verifyLogFile } from "./log.ts";
import { startChild } from "./testing/child.ts";
import { created, noticed, renamed } from "./testing/drafts.ts";

/** Made by version 1 of the schema, which had the events and no summaries. */
const VERSION_1 = fileURLToPath(new URL("./testing/log-v1.db", import.meta.url));

/** The content of all files that make up the log in `dir`, by name, without SQLite's shared memory (a cache). */
async function bytesOf(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).filter((name) => /^log\.db(-wal)?$/.test(name)).toSorted();
  const contents = await Promise.all(names.map((name) => readFile(path.join(dir, name), "base64")));
  return Object.fromEntries(
    names.map((name, index) => [name, contents[index]!]).filter(([, text]) => text !== ""),
  );
}

async function overwrite(file: string, position: number, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, "r+");
  await handle.write(bytes, 0, bytes.length, position);
}

test("a log of version 1 opens: its events are all there, its summaries are made, its chain holds", async () => {
  await using dir = await tempDir();
  await copyFile(VERSION_1, path.join(dir.path, "log.db"));
  {
    await using log = await openLog({ dir: dir.path });
    const events = await log.read({ after: 0, limit: 100 });
    expect(events.map((event) => [event.id, event.stream, event.seq, event.type])).toEqual([
      [1, "project/prj_1", 1, "project.added"],
      [2, "session/ses_1", 1, "session.created"],
      [3, "session/ses_1", 2, "worktree.ready"],
      [4, "session/ses_1", 3, "turn.started"],
      [5, "session/ses_1", 4, "item.started"],
      [6, "session/ses_1", 5, "item.completed"],
      [7, "session/ses_1", 6, "future.thing"],
      [8, "session/ses_1", 7, "turn.completed"],
    ]);
    expect(events[6]!.body).toEqual({ kept: "although no reader of version 1 knows it" });
    expect(await log.sessions()).toEqual([events.slice(1).reduce(reduceSession, null)]);
    expect((await log.sessions())[0]).toMatchObject({ state: "ready", lastLine: "Grüße, 世界 🙂" });
    expect((await log.projects()).map((project) => project.name)).toEqual(["acme-api"]);
    expect((await log.append([renamed("ses_1", "Tests")])).map(({ id, seq }) => [id, seq])).toEqual([[9, 8]]);
    expect(await log.verify()).toEqual({ ok: true, events: 9 });
  }
  const db = new Database(path.join(dir.path, "log.db"), { readonly: true });
  expect(db.pragma("user_version", { simple: true })).toBe(LOG_VERSION);
  db.close();
});

test("a reader makes the summaries of an older log for itself, and leaves the file as it is", async () => {
  await using dir = await tempDir();
  await copyFile(VERSION_1, path.join(dir.path, "log.db"));
  {
    await using log = await openLog({ dir: dir.path, readOnly: true });
    expect((await log.sessions()).map((session) => [session.id, session.state])).toEqual([
      ["ses_1", "ready"],
    ]);
    expect(await log.verify()).toEqual({ ok: true, events: 8 });
  }
  expect(await bytesOf(dir.path)).toEqual({ "log.db": await readFile(VERSION_1, "base64") });
});

test("summaries of another version of the reducers are made anew from the events", async () => {
  await using dir = await tempDir();
  const expected = await (async () => {
    await using log = await openLog({ dir: dir.path });
    await log.append([created("a"), renamed("a", "Tests"), created("b")]);
    return await log.sessions();
  })();
  const db = new Database(path.join(dir.path, "log.db"));
  db.exec(`UPDATE view_version SET version = 0; UPDATE session_view SET summary = '{"old":"shape"}';`);
  db.exec("INSERT INTO session_view VALUES ('ghost', 1, '{}')");
  db.close();
  {
    await using reader = await openLog({ dir: dir.path, readOnly: true });
    expect(await reader.sessions()).toEqual(expected);
  }
  await using log = await openLog({ dir: dir.path });
  expect(await log.sessions()).toEqual(expected);
});

test("a reader works beside the writer, sees what is confirmed, and can change nothing", async () => {
  await using dir = await tempDir();
  await using writer = await openLog({ dir: dir.path });
  await writer.append([created("a")]);
  await using reader = await openLog({ dir: dir.path, readOnly: true });
  await writer.append([renamed("a", "Tests")]);

  expect(await reader.read({ after: 0, limit: 9 })).toEqual(await writer.read({ after: 0, limit: 9 }));
  expect(await reader.sessions()).toEqual(await writer.sessions());
  const refused = { failure: { code: "log_read_only" } };
  await expect(reader.append([noticed("a", "no")])).rejects.toMatchObject(refused);
  await expect(reader.erase(1)).rejects.toMatchObject(refused);
  await expect(reader.putBlob(new Uint8Array(1))).rejects.toMatchObject(refused);
  expect(await writer.lastId()).toBe(2);
});

test("a reader of a log that its writer left behind when it was killed changes no byte of it", async () => {
  await using dir = await tempDir();
  await using writer = startChild("append-forever.ts", dir.path);
  await writer.lines.next();
  await writer.kill();
  const before = await bytesOf(dir.path);
  expect(Object.keys(before)).toEqual(["log.db", "log.db-wal"]);
  {
    await using log = await openLog({ dir: dir.path, readOnly: true });
    expect(await log.lastId()).toBeGreaterThan(1);
    expect(await log.verify()).toMatchObject({ ok: true });
  }
  expect(await bytesOf(dir.path)).toEqual(before);
});

test("a log that is not there yet reads as empty, and reading does not make it", async () => {
  await using dir = await tempDir();
  {
    await using log = await openLog({ dir: dir.path, readOnly: true });
    expect([await log.sessions(), await log.lastId()]).toEqual([[], 0]);
    expect(await log.verify()).toEqual({ ok: true, events: 0 });
  }
  expect(await readdir(dir.path)).toEqual([]);
  // Its maker was killed at once.
  await writeFile(path.join(dir.path, "log.db"), "");
  {
    await using log = await openLog({ dir: dir.path, readOnly: true });
    expect(await log.lastId()).toBe(0);
  }
  await using log = await openLog({ dir: dir.path });
  expect(await log.lastId()).toBe(0);
});

test.for([true, false])(
  "a log of a newer version is refused and left as it is (readOnly: %s)",
  async (readOnly) => {
    await using dir = await tempDir();
    {
      await using log = await openLog({ dir: dir.path });
      await log.append([created("a")]);
    }
    const file = path.join(dir.path, "log.db");
    const db = new Database(file);
    db.pragma(`user_version = ${LOG_VERSION + 1}`);
    db.close();
    const before = await bytesOf(dir.path);

    await expect(openLog({ dir: dir.path, readOnly })).rejects.toMatchObject({
      failure: {
        code: "log_newer",
        kept: "Nothing was overwritten.",
        hint: expect.stringContaining("newest Oriel"),
        details: `The log has version ${LOG_VERSION + 1}; this Oriel knows up to ${LOG_VERSION}.`,
      },
    });
    expect(await bytesOf(dir.path)).toEqual(before);
  },
);

test.for([
  ["a damaged header", (file: string) => overwrite(file, 0, new Uint8Array(64).fill(0xff))],
  ["no database", (file: string) => writeFile(file, "no database at all\n".repeat(500))],
  ["another program's database", makeForeign],
] as const)("%s is refused, says what to do, and is left as it is", async ([, damage]) => {
  await using dir = await tempDir();
  {
    await using log = await openLog({ dir: dir.path });
    await log.append([created("a")]);
  }
  const file = path.join(dir.path, "log.db");
  await damage(file);
  const before = await bytesOf(dir.path);
  await expect(openLog({ dir: dir.path })).rejects.toMatchObject({
    failure: { code: "log_damaged", hint: expect.stringContaining("backup") },
  });
  expect(await bytesOf(dir.path)).toEqual(before);
});

async function makeForeign(file: string): Promise<void> {
  await writeFile(file, "");
  const db = new Database(file);
  db.exec("CREATE TABLE bookmark (url TEXT)");
  db.close();
}

test("a page that is damaged in the middle is met when it is read; the rest of the log can still be", async () => {
  await using dir = await tempDir();
  {
    await using log = await openLog({ dir: dir.path });
    await log.append(Array.from({ length: 400 }, (_, index) => noticed("a", `${index} ${"x".repeat(500)}`)));
  }
  const file = path.join(dir.path, "log.db");
  await overwrite(file, 4096 * 20, new Uint8Array(4096).fill(0xff));
  const before = await bytesOf(dir.path);
  {
    await using log = await openLog({ dir: dir.path });
    await expect(log.read({ after: 0, limit: 400 })).rejects.toMatchObject({
      failure: { code: "log_damaged", hint: expect.stringContaining("backup") },
    });
    expect(await log.verify()).toMatchObject({ ok: false, reason: expect.stringContaining("damaged") });
    expect(await log.lastId()).toBe(400);
    expect(await log.read({ after: 399, limit: 1 })).toHaveLength(1);
  }
  expect(verifyLogFile(file)).toMatchObject({ ok: false, reason: expect.stringContaining("damaged") });
  expect(await bytesOf(dir.path)).toEqual(before);
});

test("a log that another process holds is refused until that process is gone, however it went", async () => {
  await using dir = await tempDir();
  await using holder = startChild("hold.ts", "log", dir.path);
  await holder.lines.next();
  await expect(openLog({ dir: dir.path })).rejects.toMatchObject({
    failure: { code: "log_locked", hint: expect.stringContaining("running already") },
  });
  await holder.kill();
  await using log = await openLog({ dir: dir.path });
  expect(await log.append([created("a")])).toHaveLength(1);
});

test("a second writer in the same process is refused as well", async () => {
  await using dir = await tempDir();
  await using _first = await openLog({ dir: dir.path });
  await expect(openLog({ dir: dir.path })).rejects.toMatchObject({ failure: { code: "log_locked" } });
});

test("a place that can't be written is named", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "a-file");
  await writeFile(file, "");
  await expect(openLog({ dir: path.join(file, "state") })).rejects.toMatchObject({
    failure: { code: "not_writable", hint: expect.stringContaining(file) },
  });
  await mkdir(path.join(dir.path, "log-lock.db"));
  await expect(openLog({ dir: dir.path })).rejects.toMatchObject({ failure: { code: "not_writable" } });
});
