import { mkdirSync, readFileSync, rmSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { NODE_FOLDER } from "./place.mjs";
import { say } from "./say.mjs";

/**
 * Runs `work` while holding the folder `lock`, so that two bootstraps in one checkout never install or build at once.
 * A lock whose owner no longer runs is taken over. `onWait` is called once, when another holds it.
 *
 * @template Value
 * @param {string} lock
 * @param {(owner: number) => void} onWait
 * @param {() => Promise<Value>} work
 * @returns {Promise<Value>}
 */
export async function withLock(lock, onWait, work) {
  let told = false;
  while (!take(lock)) {
    const owner = ownerOf(lock);
    if (owner !== null && !isRunning(owner)) evict(lock, owner);
    else {
      if (owner !== null && !told) onWait(owner);
      told ||= owner !== null;
      await wait(100);
    }
  }
  try {
    return await work();
  } finally {
    remove(lock);
  }
}

/** The lock appears with its owner already inside: a rename onto a folder that is not empty fails. @param {string} lock */
function take(lock) {
  const own = `${lock}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, "pid"), String(process.pid));
  try {
    renameSync(own, lock);
    return true;
  } catch {
    rmSync(own, { recursive: true, force: true });
    return false;
  }
}

/** @param {string} lock @returns {number | null} null when the lock went away meanwhile */
function ownerOf(lock) {
  try {
    return Number(readFileSync(path.join(lock, "pid"), "utf8"));
  } catch {
    return null;
  }
}

/**
 * Removes a dead owner's lock. Of several that see it dead only the one that could make `evicted` inside goes on, and
 * only if the owner is still the dead one: by now the folder may be somebody else's lock.
 * @param {string} lock @param {number} owner
 */
function evict(lock, owner) {
  const claim = path.join(lock, "evicted");
  try {
    mkdirSync(claim);
  } catch {
    return;
  }
  if (ownerOf(lock) === owner) remove(lock);
  else rmSync(claim, { recursive: true, force: true });
}

/** Away first, then emptied: a lock that is emptied in place could be taken by another half way through. @param {string} lock */
function remove(lock) {
  const away = `${lock}.gone.${process.pid}`;
  renameSync(lock, away);
  rmSync(away, { recursive: true, force: true });
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * The one lock of a checkout's set-up: Node, packages, build. Reading what is stale needs no lock, changing it does.
 * @template Value @param {() => Promise<Value>} work @returns {Promise<Value>}
 */
export function duringSetUp(work) {
  return withLock(
    path.join(NODE_FOLDER, "lock"),
    (owner) => say(`waiting for another set-up (process ${owner})`),
    work,
  );
}
