import { open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import { failures, named } from "./failures.ts";
import { makeFolder, syncFolder } from "./folders.ts";

/** Bytes of a blob: `offset` from its start, at most `length` of them. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Large outputs, each a file named by the SHA-256 of its content, so that an event can refer to it for ever. */
export interface BlobStore {
  /** Resolves when the bytes are on disk under their hash; only then may an event name it. Size in bytes. */
  put(bytes: Uint8Array): Promise<{ hash: string; size: number }>;
  /** The bytes, checked against their hash; null where there is no such blob. Rejects with `blob_damaged`. */
  read(hash: string, range?: ByteRange): Promise<Uint8Array | null>;
}

type Bytes = Uint8Array<ArrayBuffer>;

const HASH = /^[0-9a-f]{64}$/;
/** How many blobs are known to be whole, so that paging through a large one does not hash it for each page. */
const KEPT_CHECKS = 256;

export function createBlobStore(dir: string): BlobStore {
  const root = path.join(dir, "blobs");
  /** The state in which a blob's file was found to be whole. */
  const checked = new Map<string, string>();
  const fileOf = (hash: string): string => path.join(root, hash.slice(0, 2), hash);

  async function readWhole(hash: string): Promise<Bytes | null> {
    const file = fileOf(hash);
    const bytes = await readFile(file).catch(nullIfMissing);
    if (bytes !== null && (await sha256(bytes)) !== hash) {
      throw new FailureError(failures.blobDamaged(hash, file));
    }
    return bytes;
  }

  async function readRange(hash: string, { offset, length }: ByteRange): Promise<Bytes | null> {
    if (!(offset >= 0 && length >= 0)) throw new RangeError(`no such range: ${length} bytes from ${offset}`);
    const file = fileOf(hash);
    const found = await stat(file).catch(nullIfMissing);
    if (found === null) return null;
    const state = `${found.size} ${found.mtimeMs} ${found.ino}`;
    if (checked.get(hash) === state) {
      return readPart(file, offset, Math.max(0, Math.min(length, found.size - offset)));
    }
    const whole = await readWhole(hash);
    if (checked.size >= KEPT_CHECKS) checked.clear();
    checked.set(hash, state);
    return whole?.subarray(offset, offset + length) ?? null;
  }

  return {
    async put(given) {
      // A copy, so that what is hashed is what is written, whatever the caller does to its buffer meanwhile.
      const bytes = new Uint8Array(given);
      const hash = await sha256(bytes);
      try {
        await store(root, fileOf(hash), hash, bytes);
      } catch (error) {
        throw named(error, dir);
      }
      return { hash, size: bytes.byteLength };
    },
    async read(hash, range) {
      if (!HASH.test(hash)) return null;
      try {
        return await (range === undefined ? readWhole(hash) : readRange(hash, range));
      } catch (error) {
        throw named(error, dir);
      }
    },
  };
}

/** Removes what a writer that died left half written. For the log's one writer, when it opens. */
export async function clearUnfinishedBlobs(dir: string): Promise<void> {
  await rm(path.join(dir, "blobs", "incoming"), { recursive: true, force: true });
}

/** Writes beside, syncs, renames, syncs the folder: under its final name a file is whole or not there. */
async function store(root: string, file: string, hash: string, bytes: Bytes): Promise<void> {
  const folder = path.dirname(file);
  const there = await readFile(file).catch(nullIfMissing);
  if (there !== null && (await sha256(there)) === hash) {
    // Its writer may have died between the rename and this.
    return syncFolder(folder);
  }
  const incoming = path.join(root, "incoming");
  makeFolder(incoming);
  makeFolder(folder);
  const unfinished = path.join(incoming, newId("blob"));
  try {
    await writeSynced(unfinished, bytes);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function writeSynced(file: string, bytes: Bytes): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
}

async function readPart(file: string, offset: number, length: number): Promise<Bytes> {
  await using handle = await open(file, "r");
  const bytes = new Uint8Array(length);
  const { bytesRead } = await handle.read(bytes, 0, length, offset);
  return bytes.subarray(0, bytesRead);
}

function nullIfMissing(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}

/** Off the main thread, so that a large output does not stall the host. */
async function sha256(bytes: Bytes): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}
