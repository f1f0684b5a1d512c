import { spawn, spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";

/** Adds one to a number in a file, five times, giving way to others between the read and the write. */
const INCREMENT = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { withLock } from ${JSON.stringify(new URL("./lock.mjs", import.meta.url).href)};
  const [lock, file] = process.argv.slice(1);
  for (let i = 0; i < 5; i += 1) {
    await withLock(lock, () => {}, async () => {
      const before = Number(readFileSync(file, "utf8"));
      await new Promise((resolve) => setImmediate(resolve));
      writeFileSync(file, String(before + 1));
    });
  }`;

async function increment(lock: string, file: string): Promise<number | null> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", INCREMENT, lock, file], {
    stdio: "inherit",
  });
  return new Promise((resolve) => child.once("exit", resolve));
}

test("several processes at once go one after the other, past a lock whose owner died", async () => {
  await using dir = await tempDir();
  const lock = path.join(dir.path, "lock");
  const file = path.join(dir.path, "number");
  await writeFile(file, "0");
  await mkdir(lock);
  await writeFile(path.join(lock, "pid"), String(spawnSync(process.execPath, ["-e", ""]).pid));

  const codes = await Promise.all(Array.from({ length: 4 }, () => increment(lock, file)));

  expect(codes).toEqual([0, 0, 0, 0]);
  expect(await readFile(file, "utf8")).toBe("20");
  expect(await readdir(dir.path)).toEqual(["number"]);
});

test("a lock is given back when the work fails", async () => {
  await using dir = await tempDir();
  const { withLock } = await import("./lock.mjs");
  const work = withLock(
    path.join(dir.path, "lock"),
    () => {},
    () => Promise.reject(new Error("no space")),
  );
  await expect(work).rejects.toThrow("no space");
  expect(await readdir(dir.path)).toEqual([]);
});

test("whoever waits is told once for whom", async () => {
  await using dir = await tempDir();
  const { withLock } = await import("./lock.mjs");
  const lock = path.join(dir.path, "lock");
  const release = Promise.withResolvers<void>();
  const waits: number[] = [];
  const first = withLock(
    lock,
    () => {},
    () => release.promise,
  );
  const second = withLock(
    lock,
    (owner) => {
      waits.push(owner);
      release.resolve();
    },
    async () => "second",
  );
  expect(await second).toBe("second");
  await first;
  expect(waits).toEqual([process.pid]);
});
