/** A tree that goes on forking, and its end; says what was left of it. For a PID namespace: nothing else ends it if this fails. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { findMembers } from "../proc-linux.ts";
import { endTree } from "../process-tree.ts";

const script = "f() { sleep 1000 & (trap '' TERM; sleep 0.001; f) & }; f; echo ready; wait";
const child = spawn("bash", ["-c", script], {
  detached: true,
  stdio: ["ignore", "pipe", "inherit"],
  env: { PATH: process.env["PATH"], ORIEL_COMMAND: "storm" },
});
await once(child.stdout, "data");
const tree = { marker: "ORIEL_COMMAND=storm", leader: child.pid ?? null };
const before = await findMembers(tree);
const found = before.includes(child.pid ?? 0);
const stayed = await endTree(tree, [], 0);
process.stdout.write(JSON.stringify({ found, stayed, left: await findMembers(tree) }));
