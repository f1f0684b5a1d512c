import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { prepareDraft } from "./drafts.ts";
import { openEngine } from "./engine.ts";
import { openLog, verifyLogFile } from "./log.ts";
import { created, noticed, renamed } from "./testing/drafts.ts";
import { STEP_SIZE } from "./verify.ts";

function logOfFour(dir: string): string {
  using engine = openEngine({ dir, readOnly: false });
  const drafts = [created("a"), renamed("a", "Tests"), noticed("a", "secret"), created("b")];
  engine.append([drafts.map((draft) => prepareDraft(draft, (value) => value))]);
  return path.join(dir, "log.db");
}

test.for([
  ["UPDATE event SET body = '{}' WHERE id = 2", 2, "the body of event 2 was changed"],
  [
    "UPDATE event SET at = at + 1 WHERE id = 3",
    3,
    "event 3 or the one before it was changed: its hash does not fit",
  ],
  [
    "UPDATE event SET actor = 'person' WHERE id = 1",
    1,
    "event 1 or the one before it was changed: its hash does not fit",
  ],
  ["DELETE FROM event WHERE id = 2", 2, "event 2 is missing: event 3 follows event 1"],
  [
    "DELETE FROM event WHERE id = 2; UPDATE event SET id = id - 1 WHERE id > 2",
    2,
    "event 2 or the one before it was changed: its hash does not fit",
  ],
] as const)("the verifier finds: %s", async ([change, at, reason]) => {
  await using dir = await tempDir();
  const file = logOfFour(dir.path);
  expect(verifyLogFile(file)).toEqual({ ok: true, events: 4 });
  const db = new Database(file);
  db.exec(change);
  db.close();

  expect(verifyLogFile(file)).toEqual({ ok: false, at, reason });
});

test("a log longer than one step is checked to its end", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  await log.append(Array.from({ length: STEP_SIZE + 1 }, (_, index) => noticed("a", `${index}`)));
  expect(await log.verify()).toEqual({ ok: true, events: STEP_SIZE + 1 });
  expect(verifyLogFile(path.join(dir.path, "log.db"))).toEqual({ ok: true, events: STEP_SIZE + 1 });
});

test("a chain that was broken meanwhile is found by an open log as well", async () => {
  await using dir = await tempDir();
  const file = logOfFour(dir.path);
  await using log = await openLog({ dir: dir.path });
  expect(await log.verify()).toEqual({ ok: true, events: 4 });
  const db = new Database(file);
  db.exec("UPDATE event SET cause = 'cmd_9' WHERE id = 4");
  db.close();
  const reason = "event 4 or the one before it was changed: its hash does not fit";
  expect(await log.verify()).toEqual({ ok: false, at: 4, reason });
});

test("a file that is no log is told apart from one that is not there", async () => {
  await using dir = await tempDir();
  const file = logOfFour(dir.path);
  const db = new Database(file);
  db.exec("DROP TABLE event");
  db.close();
  expect(() => verifyLogFile(file)).toThrow(/no such table/);
  expect(() => verifyLogFile(path.join(dir.path, "none.db"))).toThrow(/unable to open/);
});

test("an erased body is gone from every file and every summary, and the chain still holds", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  await log.append([created("a"), noticed("a", "the password is hunter2"), renamed("a", "Tests")]);
  const holding = async (): Promise<string[]> => {
    const names = (await readdir(dir.path)).filter((name) => name.startsWith("log.db"));
    const contents = await Promise.all(names.map((name) => readFile(path.join(dir.path, name), "latin1")));
    return names.filter((_, index) => contents[index]!.includes("hunter2"));
  };
  expect(await holding()).not.toEqual([]);
  expect((await log.session("a"))?.lastLine).toBe("the password is hunter2");

  await log.erase(2);

  expect(await holding()).toEqual([]);
  expect((await log.session("a"))?.lastLine).toBe("");
  expect((await log.session("a"))?.title).toBe("Tests");
  expect((await log.read({ after: 1, limit: 1 }))[0]).toMatchObject({ id: 2, type: "notice", body: null });
  await log.append([noticed("a", "on it goes")]);
  expect(await log.verify()).toEqual({ ok: true, events: 4 });
  await expect(log.erase(99)).rejects.toMatchObject({ failure: { code: "event_not_found" } });
});

test("without the body that began it a session has no summary; its events stay", async () => {
  await using dir = await tempDir();
  await using log = await openLog({ dir: dir.path });
  await log.append([created("a"), renamed("a", "Tests"), created("b")]);
  await log.erase(1);
  expect((await log.sessions()).map((session) => session.id)).toEqual(["b"]);
  expect(await log.readStream("session/a", 0, 9)).toHaveLength(2);
});
