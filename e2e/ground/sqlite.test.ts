import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";

test("SQLite keeps every row it said was on disk when its writer is killed", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "log.db");

  const writer = spawn(process.execPath, [path.join(import.meta.dirname, "sqlite-writer.ts"), file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(writer, "exit");
  let printed = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    printed = Number(line);
    if (printed === 200) writer.kill("SIGKILL");
  }
  expect(await ended).toEqual([null, "SIGKILL"]);

  using database = disposable(new Database(file));
  expect(database.value.pragma("integrity_check", { simple: true })).toBe("ok");
  const { rows, last } = counted(database.value);
  expect(printed).toBeGreaterThanOrEqual(200);
  // Nothing printed is missing, nothing in between is; at most one row was on disk and not yet printed.
  expect(rows).toBe(last);
  expect([printed, printed + 1]).toContain(last);
});

function disposable(value: Database.Database): Disposable & { readonly value: Database.Database } {
  return { value, [Symbol.dispose]: () => void value.close() };
}

function counted(database: Database.Database): { rows: number; last: number } {
  const statement = database.prepare<[], { rows: number; last: number }>(
    "SELECT count(*) AS rows, max(id) AS last FROM row",
  );
  return statement.get() ?? { rows: 0, last: 0 };
}
