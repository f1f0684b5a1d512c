import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { FailureError } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import { failures, named } from "./failures.ts";

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

const HASH = /^[0-9a-f]{64}$/;
/** How many blobs are known to be whole, so that paging through a large one does not hash it for each page. */
const KEPT_CHECKS = 256;

export function createBlobStore(dir: string): BlobStore {
  const root = path.join(dir, "blobs");
  const checked = new Map<string, string>();
  const fileOf = (hash: string): string => path.join(root, hash.slice(0, 2), hash);

  async function readChecked(hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const file = fileOf(hash);
    const bytes = await readIfThere(file);
    if (bytes !== null && (await sha256(bytes)) !== hash)
      throw new FailureError(failures.blobDamaged(hash, file));
    return bytes;
  }

  async function readRange(hash: string, { offset, length }: ByteRange): Promise<Uint8Array | null> {
    const file = fileOf(hash);
    const state = await stateOf(file);
    if (state === null) return null;
    if (checked.get(hash) !== state) {
      const whole = await readChecked(hash);
      if (whole === null) return null;
      if (checked.size >= KEPT_CHECKS) checked.clear();
      checked.set(hash, state);
      return whole.subarray(offset, offset + length);
    }
    return readPart(file, { offset, length });
  }

  return {
    async put(given) {
      // A copy, so that what is hashed is what is written, whatever the caller does to its buffer meanwhile.
      const bytes = new Uint8Array(given);
      const hash = await sha256(bytes);
      try {
        await store(root, fileOf(hash), bytes);
      } catch (error) {
        throw named(error, dir);
      }
      return { hash, size: bytes.byteLength };
    },
    async read(hash, range) {
      if (!HASH.test(hash)) return null;
      try {
        return await (range === undefined ? readChecked(hash) : readRange(hash, range));
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
async function store(root: string, file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  if ((await stateOf(file))?.startsWith(`${bytes.byteLength} `)) {
    // Its writer may have died between the rename and this.
    return syncFolder(folder);
  }
  const incoming = path.join(root, "incoming");
  await makeFolder(incoming);
  await makeFolder(folder);
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

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  await handle.writeFile(bytes);
  await handle.sync();
}

async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(path.dirname(first));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows can't open a folder; NTFS keeps its names in a journal of its own.
  if (process.platform === "win32") return;
  await using handle = await open(folder, "r");
  await handle.sync();
}

/** Size, time and number of a file in one text, or null where there is none: while it is the same, so is the file. */
async function stateOf(file: string): Promise<string | null> {
  const found = await stat(file).catch(nullIfMissing);
  return found === null ? null : `${found.size} ${found.mtimeMs} ${found.ino}`;
}

const readIfThere = (file: string): Promise<Uint8Array<ArrayBuffer> | null> =>
  readFile(file).catch(nullIfMissing);

async function readPart(file: string, { offset, length }: ByteRange): Promise<Uint8Array> {
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
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
}
