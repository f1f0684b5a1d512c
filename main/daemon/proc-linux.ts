/** Who belongs to a tree, by /proc. */
import { readFileSync, readdirSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Tree } from "./process-tree.ts";

/** Reading one process takes some 30 µs: after this many the event loop gets its turn. */
const BATCH = 32;
/** A look during which some process ended is repeated (it may have forked before), but not for ever. */
const MAX_LOOKS = 4;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly marked: boolean;
}

/** Pids of all living processes of the tree. Empty means that none was there at one moment. */
export async function findMembers(tree: Tree): Promise<number[]> {
  for (let looks = 1; ; looks++) {
    const { found, vanished } = await look(tree);
    const pids = closure(found, tree.leader);
    if (pids.length > 0 || !vanished || looks === MAX_LOOKS) return pids;
  }
}

async function look(tree: Tree): Promise<{ found: ProcessFacts[]; vanished: boolean }> {
  const marker = Buffer.from(`${tree.marker}\0`);
  const found: ProcessFacts[] = [];
  let vanished = false;
  for (const [index, pid] of candidates(tree).entries()) {
    if (index % BATCH === BATCH - 1) await nextTurn();
    const facts = readProcess(pid, marker);
    if (facts === "vanished") vanished = true;
    else if (facts !== null) found.push(facts);
  }
  return { found, vanished };
}

/**
 * Linux gives pids out in rising order and starts again from the lowest at the end. So what a young tree forked is
 * between its leader and the last pid given out, which /proc/loadavg tells: for most commands nothing has to be read.
 */
function candidates(tree: Tree): number[] {
  const { leader } = tree;
  if (leader === null || tree.young !== true) return allPids();
  const last = Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
  if (last === leader) return allPids((pid) => pid === leader);
  return allPids((pid) => (leader < last ? pid >= leader && pid <= last : pid >= leader || pid <= last));
}

const allPids = (isCandidate: (pid: number) => boolean = () => true): number[] =>
  readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && isCandidate(pid));

/** Null for the dead and for kernel threads. */
function readProcess(pid: number, marker: Buffer): ProcessFacts | "vanished" | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name is in brackets and may contain anything, brackets and blanks too.
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X" || parent === "2" || pid === 2) return null;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      session: Number(session),
      marked: hasMarker(pid, marker),
    };
  } catch {
    return "vanished";
  }
}

function hasMarker(pid: number, marker: Buffer): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`);
    const at = environment.indexOf(marker);
    return at === 0 || (at > 0 && environment[at - 1] === 0);
  } catch {
    // Another user's process: not readable, and not ours to end.
    return false;
  }
}

/** The marked, those of the leader's session and group, and all children of these. */
function closure(processes: readonly ProcessFacts[], leader: number | null): number[] {
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
