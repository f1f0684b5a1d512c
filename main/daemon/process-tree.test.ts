import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { findMembers } from "./proc-linux.ts";
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
    const { tree: whole, exited } = await tree(
      "f() { sleep 1000 & (trap '' TERM; sleep 0.001; f) & }; f; echo ready; wait",
    );
    expect(await endTree(whole, [], 0)).toEqual([]);
    expect(await findMembers(whole)).toEqual([]);
    await exited;
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
