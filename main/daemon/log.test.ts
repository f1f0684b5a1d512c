import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createLog } from "./log.ts";

test("the log keeps its last lines within bounds, for this user alone", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "daemon.log");
  const log = createLog(file, 1000);
  for (let line = 1; line <= 200; line++) log(`line ${line}`);
  expect((await readdir(dir.path)).toSorted()).toEqual(["daemon.log", "daemon.log.old"]);
  const text = (await readFile(`${file}.old`, "utf8")) + (await readFile(file, "utf8"));
  expect(text.length).toBeLessThan(2200);
  expect(text).toMatch(/line 200\n$/);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a log that can't be written is no failure", () => {
  expect(() => createLog("/no/such/folder/daemon.log")("line")).not.toThrow();
});
