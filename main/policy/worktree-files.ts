import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, rename, unlink, type FileHandle } from "node:fs/promises";
import { ok, type Result } from "#shared/kernel/failure.ts";
import { expected, refuse, type FileRefusal } from "./worktree-refusals.ts";
import { at, locate, type Place } from "./worktree-walk.ts";

/** Files of the worktree, as an agent may use them. The same shape as the agent's port of this name. */
export interface WorktreeFiles {
  read(path: string, maxBytes: number): Promise<Result<Uint8Array, FileRefusal>>;
  write(path: string, bytes: Uint8Array): Promise<Result<void, FileRefusal>>;
  remove(path: string): Promise<Result<void, FileRefusal>>;
  move(from: string, to: string): Promise<Result<void, FileRefusal>>;
}

/** More than this in one write is no source file, whatever it is. In bytes. */
const LARGEST_WRITE = 64 * 1024 * 1024;

/**
 * Reads and changes files below `worktree` (absolute) and nowhere else, while hostile commands change the same tree.
 * Paths are relative to it; an absolute path into it will do. Symlinks are followed where they stay inside.
 * `.git` at its root can be read, not changed. Holds nothing open between calls. Throws only at surprises.
 */
export function openWorktreeFiles(worktree: string): WorktreeFiles {
  return {
    read: (file, maxBytes) =>
      using(locate(worktree, file, "follow"), (place) => readAt(place, file, maxBytes)),
    write: (file, bytes) => {
      if (bytes.length > LARGEST_WRITE) {
        return Promise.resolve(
          refuse("too_large", file, `has ${bytes.length} bytes; the limit is ${LARGEST_WRITE}`),
        );
      }
      return using(locate(worktree, file, "create"), (place) => writeAt(place, file, bytes));
    },
    remove: (file) => using(locate(worktree, file, "keep"), (place) => removeAt(place, file)),
    move: (from, to) =>
      using(locate(worktree, from, "keep"), (source) =>
        using(locate(worktree, to, "create"), (target) => moveAt(source, target, from, to)),
      ),
  };
}

/** Runs `action` on a located place and closes its folder; an expected error of the system becomes a refusal. */
async function using<Value>(
  located: Promise<Result<Place, FileRefusal>>,
  action: (place: Place) => Promise<Result<Value, FileRefusal>>,
): Promise<Result<Value, FileRefusal>> {
  const place = await located;
  if (!place.ok) return place;
  await using _folder = place.value.folder;
  try {
    return await action(place.value);
  } catch (error) {
    return expected(error, place.value.name);
  }
}

async function readAt(
  place: Place,
  file: string,
  maxBytes: number,
): Promise<Result<Uint8Array, FileRefusal>> {
  // Looked at before it is opened: opening a device or a pipe does something. Non-blocking, in case it is swapped.
  if (!(await lstat(at(place))).isFile()) return refuse("not_a_file", file, "is not a regular file");
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
  await using handle = await open(at(place), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  const found = await handle.stat();
  if (!found.isFile()) return refuse("not_a_file", file, "is not a regular file");
  if (found.size > maxBytes) return tooLarge(file, found.size, maxBytes);
  const bytes = await readUpTo(handle, found.size, maxBytes);
  return bytes.length > maxBytes ? tooLarge(file, bytes.length, maxBytes) : ok(bytes);
}

const tooLarge = (file: string, size: number, limit: number) =>
  refuse("too_large", file, `has at least ${size} bytes; the limit here is ${limit}`);

/** All of a file that may grow meanwhile, but not much more than `maxBytes`. */
async function readUpTo(handle: FileHandle, size: number, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (let room = size + 1; total <= maxBytes; room = 65_536) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(room), 0, room, null);
    if (bytesRead === 0) break;
    pieces.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
  }
  return Buffer.concat(pieces);
}

async function writeAt(place: Place, file: string, bytes: Uint8Array): Promise<Result<void, FileRefusal>> {
  const old = await lstat(at(place)).catch(() => null);
  if (old && !old.isFile()) return refuse("not_a_file", file, "is there and is not a regular file");
  if (old && (old.mode & 0o222) === 0) return refuse("not_writable", file, "is marked read-only");
  await using draft = await createDraft(place);
  await draft.handle.writeFile(bytes);
  // Not the set-user-id bits: what they were given for is no longer in the file.
  if (old) await draft.handle.chmod(old.mode & 0o777);
  await rename(draft.path, at(place));
  draft.kept = true;
  return ok(undefined);
}

/** A new file beside the place, gone at the end unless it was renamed to it. */
async function createDraft(place: Place) {
  const draft = at({ ...place, name: `.oriel-${randomBytes(8).toString("hex")}.tmp` });
  const handle = await open(draft, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o666);
  return {
    path: draft,
    handle,
    kept: false,
    async [Symbol.asyncDispose]() {
      await handle.close();
      if (!this.kept) await unlink(draft).catch(() => undefined);
    },
  };
}

async function removeAt(place: Place, file: string): Promise<Result<void, FileRefusal>> {
  const found = await lstat(at(place));
  if (!found.isFile() && !found.isSymbolicLink()) return refuse("not_a_file", file, "is not a file");
  await unlink(at(place));
  return ok(undefined);
}

async function moveAt(
  source: Place,
  target: Place,
  from: string,
  to: string,
): Promise<Result<void, FileRefusal>> {
  if (!(await lstat(at(source))).isFile()) return refuse("not_a_file", from, "is not a regular file");
  if (await lstat(at(target)).catch(() => null)) return refuse("exists", to, "is already there");
  // A link fails where something appeared meanwhile, a rename would replace it.
  const linked = await link(at(source), at(target)).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EPERM" || error.code === "ENOTSUP") return false;
      throw error;
    },
  );
  if (linked) await unlink(at(source));
  else await rename(at(source), at(target));
  return ok(undefined);
}
