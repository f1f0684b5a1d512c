import { open, rm } from "node:fs/promises";
import path from "node:path";
import { git } from "./runner.ts";

export interface Transfer {
  /** Where the commits are read: a host-owned git directory, and object directories besides its own. */
  readonly from: { readonly gitDir: string; readonly alsoRead?: readonly string[] };
  /** The git directory that gets them. */
  readonly to: string;
  readonly tip: string;
  /** Commits that `to` has with all they need. */
  readonly have: readonly string[];
  /** A file of the host's to hold the pack meanwhile. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
}

const MOST_BYTES = 4 * 1024 ** 3;
/** As `fetch.unpackLimit`: fewer objects are written one by one, so that a turn does not leave a pack each time. */
const UNPACK_LIMIT = 100;
/** Bytes 8 to 11 of a pack are the number of its objects. */
const COUNT_OFFSET = 8;

/** A commit-graph, an index over packs or a bitmap can lie about what is in the objects; the objects are hashed. */
const OBJECTS_ONLY = {
  "core.commitGraph": "false",
  "core.multiPackIndex": "false",
  "pack.useBitmaps": "false",
};

/**
 * Copies the commits from `have` to `tip`. As a fetch does it, minus the programs that a fetch starts: each object is
 * hashed anew and checked, and at the end everything that `tip` needs must be there. Throws a `GitError` where not.
 */
export async function transfer({ from, to, tip, have, scratch, signal }: Transfer): Promise<void> {
  const call = signal ? { signal } : {};
  const wanted = [tip, ...have.map((commit) => `^${commit}`)].map((line) => `${line}\n`).join("");
  const pack = await open(scratch, "w+", 0o600);
  try {
    await git(["pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"], {
      ...call,
      repository: from.gitDir,
      ...(from.alsoRead && { alsoRead: from.alsoRead }),
      settings: OBJECTS_ONLY,
      input: wanted,
      outputFd: pack.fd,
    });
    const header = Buffer.alloc(4);
    await pack.read(header, 0, 4, COUNT_OFFSET);
    const count = header.readUInt32BE();
    if (count > 0) await receive(to, count, scratch, call);
  } finally {
    await pack.close();
    await rm(scratch, { force: true });
  }
  const needs = ["rev-list", "--objects", "--quiet", "--stdin"];
  await git(needs, { ...call, repository: to, settings: OBJECTS_ONLY, input: wanted });
}

async function receive(
  to: string,
  count: number,
  scratch: string,
  call: { signal?: AbortSignal },
): Promise<void> {
  // Opened again: the other descriptor stands at its end.
  const pack = await open(scratch, "r");
  await using _closed = pack;
  const receiver = count < UNPACK_LIMIT ? ["unpack-objects", "-q"] : ["index-pack", "--stdin"];
  await git([...receiver, "--strict", `--max-input-size=${MOST_BYTES}`], {
    ...call,
    repository: to,
    input: { fd: pack.fd },
  });
}

/** The scratch file of a session's transfers: one at a time runs, under the session's lock. */
export const scratchPack = (hostDir: string): string => path.join(hostDir, "transfer.pack");
