import { createHash } from "node:crypto";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createBlobStore } from "./blobs.ts";
import { openLog } from "./log.ts";

const bytes = Buffer.from("0123456789".repeat(1000));
const hash = createHash("sha256").update(bytes).digest("hex");
const fileOf = (dir: string): string => path.join(dir, "blobs", hash.slice(0, 2), hash);

test("a blob is stored once under its hash, private to its owner, and read back whole or in part", async () => {
  await using dir = await tempDir();
  const blobs = createBlobStore(dir.path);
  expect(await Promise.all([blobs.put(bytes), blobs.put(bytes)])).toEqual([
    { hash, size: 10_000 },
    { hash, size: 10_000 },
  ]);
  const { ino, mode } = await stat(fileOf(dir.path));
  await blobs.put(bytes);
  expect((await stat(fileOf(dir.path))).ino).toBe(ino);
  expect(mode & 0o777).toBe(0o600);

  expect(await blobs.read(hash)).toEqual(bytes);
  // The first range checks the whole, the second one reads only its part.
  for (const _ of [1, 2]) {
    expect(Buffer.from((await blobs.read(hash, { offset: 12, length: 5 }))!).toString()).toBe("23456");
    expect(await blobs.read(hash, { offset: 9_998, length: 5 })).toHaveLength(2);
    expect(await blobs.read(hash, { offset: 10_000, length: 5 })).toHaveLength(0);
  }
  await expect(blobs.read(hash, { offset: -1, length: 5 })).rejects.toThrow(RangeError);
  const empty = await blobs.put(new Uint8Array());
  expect(await blobs.read(empty.hash)).toHaveLength(0);
});

test.for(["../../../etc/passwd", "0".repeat(64), "", hash.toUpperCase()])(
  "there is no blob %j",
  async (name) => {
    await using dir = await tempDir();
    const blobs = createBlobStore(dir.path);
    await blobs.put(bytes);
    expect(await blobs.read(name)).toBeNull();
    expect(await blobs.read(name, { offset: 0, length: 1 })).toBeNull();
  },
);

test("a blob that is not what was written is refused, also after it was read once, and mended by the next put", async () => {
  await using dir = await tempDir();
  const blobs = createBlobStore(dir.path);
  await blobs.put(bytes);
  await blobs.read(hash, { offset: 0, length: 1 });
  const damaged = Buffer.from(bytes);
  damaged[5000] = 0;
  await writeFile(fileOf(dir.path), Buffer.concat([damaged, Buffer.from("more")]));

  const failure = { code: "blob_damaged", hint: expect.stringContaining(fileOf(dir.path)) };
  await expect(blobs.read(hash)).rejects.toMatchObject({ failure });
  await expect(blobs.read(hash, { offset: 0, length: 1 })).rejects.toMatchObject({ failure });
  for (const content of [damaged, damaged.subarray(1)]) {
    await writeFile(fileOf(dir.path), content);
    await blobs.put(bytes);
    expect(await blobs.read(hash)).toEqual(bytes);
  }
});

test("what a killed writer left unfinished is cleared by the next one", async () => {
  await using dir = await tempDir();
  const incoming = path.join(dir.path, "blobs", "incoming");
  await mkdir(incoming, { recursive: true });
  await writeFile(path.join(incoming, "blob_half"), "half");
  await using log = await openLog({ dir: dir.path });
  expect(await readdir(path.join(dir.path, "blobs"))).toEqual([]);
  const stored = await log.putBlob(bytes);
  expect(await log.readBlob(stored.hash)).toEqual(bytes);
});

test("a folder for blobs that can't be made is named", async () => {
  await using dir = await tempDir();
  await writeFile(path.join(dir.path, "blobs"), "in the way");
  await expect(createBlobStore(dir.path).put(bytes)).rejects.toMatchObject({
    failure: { code: "not_writable" },
  });
});
