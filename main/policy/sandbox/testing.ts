import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { detectSandbox } from "./detect.ts";
import type { Sandbox, SandboxPolicy } from "./sandbox.ts";
import { sandboxCommand } from "./wrap.ts";

type Bubblewrap = Extract<Sandbox, { kind: "bubblewrap" }>;

/** The real sandbox, or null after saying loudly why the tests of this file are skipped. */
export async function realSandbox(): Promise<Bubblewrap | null> {
  const sandbox = await detectSandbox();
  if (sandbox.kind === "bubblewrap") return sandbox;
  process.stderr.write(`\n!!! SKIPPED: tests in a real sandbox. ${sandbox.reason} ${sandbox.hint}\n`);
  return null;
}

export interface Ran {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's machine in one folder: a home, a data directory, and a session in it. */
export async function fakeMachine() {
  const root = await tempDir("oriel-sandbox-");
  const inside = (...names: string[]) => path.join(root.path, ...names);
  const folders = [
    "home",
    "project",
    "data/state",
    "data/worktrees/one",
    "data/worktrees/two",
    "data/git/one",
    "temp",
  ];
  for (const folder of folders) await mkdir(inside(folder), { recursive: true });
  const policy: SandboxPolicy = {
    mode: "workspace-write",
    worktree: inside("data/worktrees/one"),
    writable: [inside("data/worktrees/one"), inside("data/git/one")],
    sealed: [],
    // Everything lies under /tmp here, which is masked: what a person's home would show must be brought back.
    readable: [root.path],
    hidden: [inside("data/state")],
    temp: inside("temp"),
    proxySocket: null,
  };
  return {
    inside,
    policy,
    // The Node that runs the tests may lie under /tmp itself, with the repository.
    env: {
      ...process.env,
      HOME: inside("home"),
      PATH: `${path.dirname(process.execPath)}:${process.env["PATH"]}`,
    },
    [Symbol.asyncDispose]: root[Symbol.asyncDispose],
  };
}

/** Runs a shell line as an agent's command runs, and waits for its end. */
export async function runInside(
  sandbox: Sandbox | null,
  machine: { readonly policy: SandboxPolicy; readonly env: NodeJS.ProcessEnv },
  line: string,
  options: {
    readonly policy?: Partial<SandboxPolicy>;
    readonly stdin?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** A file that is open outside, for the started process to inherit, as a careless parent would let it. */
    readonly inherited?: number;
    /** What is at the other end of its lifeline: somebody, or nobody any more. */
    readonly lifeline?: "held" | "dropped";
  } = {},
): Promise<Ran> {
  if (sandbox === null) throw new Error("a test that needs the sandbox was not skipped");
  const policy = { ...machine.policy, ...options.policy };
  const command = { line, cwd: policy.worktree, env: { ...machine.env, ...options.env } };
  const { argv, env, cwd } = await sandboxCommand(sandbox, policy, command);
  const [file, ...args] = argv;
  const child = spawn(file, args, {
    env: options.lifeline ? { ...env, ORIEL_LIFELINE: "3" } : env,
    cwd,
    // What is ignored reads as a pipe whose other end is closed.
    stdio: ["pipe", "pipe", "pipe", options.lifeline === "held" ? "pipe" : (options.inherited ?? "ignore")],
  });
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error("no pipes");
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => resolve({ exitCode, signal, ...output }));
  });
}
