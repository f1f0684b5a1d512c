/** Who belongs to a tree, by /proc. */
import { readFileSync, readdirSync } from "node:fs";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { KEEPS } from "./markers.ts";
import type { Tree } from "./process-tree.ts";

/** Reading one process takes some 30 µs: after this many the event loop gets its turn. */
const BATCH = 32;
/** A list is read again while it grows (what is in it may fork), and while a process is between two programs; not for ever. */
const MAX_LOOKS = 16;

/** A thread of the kernel's. Not all that comes of pid 2: in a container that is a process as others are. */
const PF_KTHREAD = 0x00200000;
const KEEPS_WORD = Buffer.from(`${KEEPS}=1\0`);

interface ProcessFacts {
  readonly pid: number;
  /** When, as the kernel counts: with it a pid is one process's alone. */
  readonly started: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly marked: boolean;
  /** It has no memory now, so nothing is known of its marks: it ends, or becomes another program. */
  readonly between: boolean;
  /** A host, a window or a daemon of Oriel's, which leads a session of its own; or who may be one, as long as it is between two programs. */
  readonly keeps: boolean;
}

/** Pids of the living processes of the tree. Empty means that none was there at one moment. */
export const findMembers = (tree: Tree): Promise<number[]> => membersOf(tree)();

/**
 * The same, to be asked again and again. Who was a stranger once is not read anew, so that forks are met soon; who was a
 * member is one until it is dead, though its parent may be gone before it, and its marks before both.
 */
export function membersOf(tree: Tree): () => Promise<number[]> {
  const strangers = new Set<number>();
  const members = new Map<number, string>();
  return () => look(tree, strangers, members);
}

async function look(tree: Tree, strangers: Set<number>, members: Map<number, string>): Promise<number[]> {
  const marker = Buffer.from(`${tree.marker}\0`);
  const read = new Set<number>(strangers);
  const found: ProcessFacts[] = [];
  for (let looks = 1; ; looks++) {
    const fresh = candidates(tree).filter((pid) => !read.has(pid));
    const between: ProcessFacts[] = [];
    for (const [index, pid] of fresh.entries()) {
      if (index % BATCH === BATCH - 1) await nextTurn();
      const facts = readProcess(pid, marker);
      if (facts?.between !== true) read.add(pid);
      if (facts === null) continue;
      // It may have become what keeps.
      const isKnown = members.get(pid) === facts.started && (facts.between || !facts.keeps);
      (facts.between ? between : found).push(isKnown ? { ...facts, marked: true, keeps: false } : facts);
    }
    const pids = closure([...found, ...between], tree.leader);
    if (pids.length > 0 || fresh.length === 0 || looks === MAX_LOOKS) {
      const now = new Set(pids);
      for (const { pid, started } of [...found, ...between]) if (now.has(pid)) members.set(pid, started);
      // Nor is one a stranger yet that has come of what is between.
      const maybe = between.map((facts) => ({ ...facts, marked: true, keeps: false }));
      const open = new Set(maybe.length > 0 ? closure([...found, ...maybe], tree.leader) : pids);
      for (const { pid } of found) if (!open.has(pid)) strangers.add(pid);
      return pids;
    }
    if (between.length > 0) await pause(looks);
  }
}

/**
 * Linux gives pids out in rising order and starts again from the lowest at the end. So what a young tree forked is
 * between its leader and the last pid given out, which /proc/loadavg tells: for most commands nothing has to be read.
 */
function candidates(tree: Tree): number[] {
  const { leader } = tree;
  if (leader === null || tree.young !== true) return allPids();
  const pids = allPids();
  // After the list: what forked and ended while it was made has left its child in it, and that must not be taken for older.
  const last = Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
  return pids.filter((pid) => (leader <= last ? pid >= leader && pid <= last : pid >= leader || pid <= last));
}

const allPids = (): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);

/** Null for the dead and for kernel threads. */
function readProcess(pid: number, marker: Buffer): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name is in brackets and may contain anything, brackets and blanks too.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent, group, session, , , flags] = fields;
    if (state === "Z" || state === "X" || (Number(flags) & PF_KTHREAD) !== 0) return null;
    const environment = environmentOf(pid);
    const between = environment?.length === 0 && isBetween(pid);
    const marked = environment !== null && has(environment, marker);
    return {
      pid,
      started: fields[19] ?? "",
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      marked,
      between,
      keeps:
        Number(session) === pid &&
        (between || (environment !== null && !marked && has(environment, KEEPS_WORD))),
    };
  } catch {
    return null;
  }
}

/** Of one whose environment was empty: one that was started with an empty one has a command line all the same. */
const isBetween = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/cmdline`).length === 0 || environmentOf(pid)?.length !== 0;

/** Null for another user's process: not readable, and not ours to end. */
function environmentOf(pid: number): Buffer | null {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return null;
  }
}

function has(environment: Buffer, marker: Buffer): boolean {
  const at = environment.indexOf(marker);
  return at === 0 || (at > 0 && environment[at - 1] === 0);
}

/** The marked, those of the leader's session and group, and all children of these; not what keeps, nor what has come of it. */
function closure(found: readonly ProcessFacts[], leader: number | null): number[] {
  const processes = found.filter(({ pid, keeps }) => !keeps || pid === leader);
  const isRoot = (facts: ProcessFacts) =>
    facts.marked ||
    (leader !== null && (facts.pid === leader || facts.session === leader || facts.group === leader));
  const members = new Set(processes.filter(isRoot).map((facts) => facts.pid));
  for (let before = -1; before !== members.size;) {
    before = members.size;
    for (const facts of processes) if (members.has(facts.parent)) members.add(facts.pid);
  }
  return [...members];
}
