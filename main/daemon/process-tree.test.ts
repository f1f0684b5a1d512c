import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { findMembers, membersOf } from "./proc-linux.ts";
import { type Tree, endTree } from "./process-tree.ts";

let trees = 0;

/** Runs `script`, which says `ready` (by whatever process) when its tree stands. */
async function tree(script: string): Promise<{ tree: Tree; child: ChildProcess; exited: Promise<unknown> }> {
  const id = `tree-${process.pid}-${trees++}`;
  const child = spawn("bash", ["-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env["PATH"], ORIEL_COMMAND: id },
  });
  const exited = once(child, "exit");
  if (child.stdout) await once(child.stdout, "data");
  return { tree: { marker: `ORIEL_COMMAND=${id}`, leader: child.pid ?? null }, child, exited };
}

/** Not a zombie either: nobody may have asked for its exit. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

const nobody = { marker: "ORIEL_COMMAND=nobody", leader: null };

describe.runIf(process.platform === "linux")("endTree", () => {
  test.each([
    ["a single process", "echo ready; exec sleep 1000"],
    ["children in the background", "sleep 1000 & sleep 1001 & echo ready; wait"],
    ["nohup", "nohup sleep 1000 >/dev/null 2>&1 & echo ready; sleep 1000"],
    ["setsid", "setsid bash -c 'echo ready; sleep 1000' & wait"],
    ["a double fork", "(setsid bash -c '(setsid sleep 1000 & echo ready) &' &); sleep 1000"],
    ["a child without its environment", "env -i sleep 1000 & echo ready; wait"],
    ["a process that ignores signals", "trap '' TERM HUP; echo ready; while :; do sleep 1000; done"],
    ["a stopped process", "(kill -STOP $BASHPID; sleep 1000) & echo ready; wait"],
    ["a name with brackets", "exec -a 'x) R 1 (' bash -c 'echo ready; sleep 1000; :'"],
  ])("ends %s", async (_, script) => {
    const { tree: whole, exited } = await tree(script);
    expect((await findMembers(whole)).length).toBeGreaterThan(0);
    expect(await endTree(whole, ["SIGTERM"], 50)).toEqual([]);
    expect(await findMembers({ ...whole, leader: null })).toEqual([]);
    await exited;
  });

  test("ends what goes on forking", async () => {
    // With pids of its own: nothing of it outlives this test, whatever becomes of it; and pid 2 is its parent, no thread of the kernel's.
    const alone = ["--dev-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "--die-with-parent"];
    const storm = path.join(import.meta.dirname, "testing/fork-storm.ts");
    const { stdout } = await promisify(execFile)("bwrap", [...alone, process.execPath, storm]);
    expect(JSON.parse(stdout)).toEqual({ found: true, stayed: [], left: [] });
  });

  /** A shell that says that it keeps, with two children: one of them does not say it, the other one is away. */
  const keeper = "setsid bash -c 'env -i sleep 1000 & setsid sleep 1001 & echo ready; wait'";

  test("leaves alone what keeps, with all that came of it", async () => {
    const own = `keeper-${process.pid}`;
    const { tree: whole, exited } = await tree(`ORIEL_COMMAND=${own} ORIEL_KEEPS=1 ${keeper} & wait`);
    const kept = { marker: `ORIEL_COMMAND=${own}`, leader: null };
    expect(await endTree(whole, ["SIGTERM"], 50)).toEqual([]);
    await exited;
    // One may be on its way to its program: then nothing is known of it.
    while ((await findMembers(kept)).length < 3);
    expect(await endTree(kept, [], 0)).toEqual([]);
  });

  test.each([
    ["with the tree's mark", `ORIEL_KEEPS=1 ${keeper} & wait`],
    [
      "in the tree's session",
      "env -u ORIEL_COMMAND ORIEL_KEEPS=1 bash -c 'sleep 1000 & echo ready; wait' & wait",
    ],
    [
      "as its first process",
      "exec env -u ORIEL_COMMAND ORIEL_KEEPS=1 bash -c 'sleep 1000 & echo ready; wait'",
    ],
  ])("ends what says that it keeps %s", async (_, script) => {
    const { tree: whole, exited } = await tree(script);
    const members = await findMembers(whole);
    expect(await endTree(whole, [], 0)).toEqual([]);
    await exited;
    expect(members.length).toBeGreaterThan(1);
    expect(members.filter(isAlive)).toEqual([]);
  });

  test("who was found once is found until it is dead, without its marks and its parent too", async () => {
    const away = "env -i bash -c 'echo ready; exec sleep 1000'";
    const { tree: whole, exited } = await tree(`setsid bash -c "${away} & wait" & wait`);
    const find = membersOf(whole);
    const members = await find();
    const bare = members.filter((pid) => !readFileSync(`/proc/${pid}/environ`).includes(whole.marker));
    expect(bare.length).toBe(1);
    for (const pid of members) if (pid !== bare[0]) process.kill(pid, "SIGKILL");
    await exited;
    while (members.filter(isAlive).length > 1);
    const left = await find();
    for (const pid of bare) process.kill(pid, "SIGKILL");
    while (bare.some(isAlive));
    expect(left).toEqual(bare);
    expect(await find()).toEqual([]);
  });

  test("finds who forks away, or becomes another program, while it looks", async () => {
    for (let round = 0; round < 10; round += 1) {
      const { tree: whole, exited } = await tree("echo ready; setsid -f sleep 1000 >/dev/null");
      await exited;
      expect(await endTree({ ...whole, young: true }, [], 0)).toEqual([]);
      expect(await findMembers({ ...whole, leader: null })).toEqual([]);
    }
  });

  test("gives processes their time to end by themselves", async () => {
    const {
      tree: whole,
      child,
      exited,
    } = await tree("trap 'echo bye; exit 3' TERM; echo ready; while :; do read -t 0.01 <> <(:); done");
    expect(await endTree(whole, ["SIGTERM"], 30_000)).toEqual([]);
    await exited;
    expect(child.exitCode).toBe(3);
  });

  test("leaves others alone, and ends nothing where nothing is", async () => {
    const mine = await tree("echo ready; exec sleep 1000");
    const other = await tree("echo ready; exec sleep 1000");
    expect(await endTree(nobody, [], 0)).toEqual([]);
    expect(await endTree(mine.tree, [], 0)).toEqual([]);
    expect(await findMembers(other.tree)).toEqual([other.child.pid]);
    await endTree(other.tree, [], 0);
    await Promise.all([mine.exited, other.exited]);
  });

  test("a young tree is found among the newest pids alone", async () => {
    // Neither is on its way to another program from here on: one look sees both.
    const { tree: whole, exited } = await tree("setsid bash -c 'echo ready; kill -STOP $$' & wait");
    const young = await findMembers({ ...whole, young: true });
    expect(new Set(young)).toEqual(new Set(await findMembers(whole)));
    expect(young.length).toBeGreaterThan(1);
    await endTree(whole, [], 0);
    await exited;
  });
});
