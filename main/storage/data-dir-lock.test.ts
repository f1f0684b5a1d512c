import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { acquireDataDirLock } from "./data-dir-lock.ts";
import { startChild } from "./testing/child.ts";

const held = { ok: false, failure: { code: "already_held", hint: expect.any(String) } };

test("one holder at a time, in this process; the next one after it let go", async () => {
  await using dir = await tempDir();
  const state = path.join(dir.path, "state");
  const first = acquireDataDirLock(state);
  expect(first.ok).toBe(true);
  expect(acquireDataDirLock(state)).toMatchObject(held);
  // Having been refused must not have dropped the holder's lock.
  expect(acquireDataDirLock(state)).toMatchObject(held);
  if (first.ok) first.value[Symbol.dispose]();
  const second = acquireDataDirLock(state);
  expect(second.ok).toBe(true);
  if (second.ok) second.value[Symbol.dispose]();
});

test("another process holds it until it is killed", async () => {
  await using dir = await tempDir();
  await using holder = startChild("hold.ts", "dir", dir.path);
  await holder.lines.next();
  expect(acquireDataDirLock(dir.path)).toMatchObject(held);
  await holder.kill();
  const mine = acquireDataDirLock(dir.path);
  expect(mine.ok).toBe(true);
  if (mine.ok) mine.value[Symbol.dispose]();
});

test("a folder that can't be made is named", async () => {
  await using dir = await tempDir();
  await writeFile(path.join(dir.path, "file"), "");
  expect(() => acquireDataDirLock(path.join(dir.path, "file", "state"))).toThrow("can't write its data");
});
