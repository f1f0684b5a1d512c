import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Sandbox } from "./sandbox.ts";
import { wrapCommand } from "./wrap.ts";

const run = promisify(execFile);

let detected: Promise<Sandbox> | undefined;

/** What can confine commands on this machine. Tries it, once a process; never rejects. */
export function detectSandbox(): Promise<Sandbox> {
  detected ??= probeSandbox(process.platform, process.env["PATH"] ?? "");
  return detected;
}

/** The uncached part of `detectSandbox`: `searchPath` is where programs are looked for, as in PATH. */
export async function probeSandbox(platform: NodeJS.Platform, searchPath: string): Promise<Sandbox> {
  if (platform !== "linux") {
    return {
      kind: "none",
      reason: `Oriel has no sandbox on ${platform} yet, so a command could touch whatever you can.`,
      hint: "Oriel asks before each command. On Linux, commands run in bubblewrap.",
    };
  }
  const [bwrap, socat, bash] = await Promise.all(
    ["bwrap", "socat", "bash"].map((name) => findProgram(name, searchPath)),
  );
  if (!bwrap || !bash) {
    return {
      kind: "none",
      reason: `${bwrap ? "bash" : "bubblewrap (bwrap)"} is not installed, so commands can't be confined.`,
      hint: "Install it with your package manager, for example: apt-get install bubblewrap socat bash",
    };
  }
  const limits = socat
    ? LIMITS
    : [...LIMITS, "socat is not installed: confined commands have no network at all."];
  return firstThatWorks({ kind: "bubblewrap", bwrap, bash, socat: socat ?? null, hardening: [], limits });
}

const LIMITS: readonly string[] = [
  "A unix socket outside of /run and /tmp that appears while a command runs, or was bound by a relative path, is not masked.",
  "A file in the worktree that has a second name elsewhere (a hard link made from outside) can be changed in place.",
  "In a virtual machine, a command can still open sockets to its host (vsock): Linux has no namespace for them.",
];

/**
 * Root owns the kernel's settings in /proc and may write them without any capability, through a proc or cgroup mount of
 * its own too: so both /proc is read-only, and making further user namespaces (for such mounts) is off. Anybody else
 * the kernel stops by itself, and test suites that bring a sandbox of their own (a browser's) go on working.
 */
const HARDENING = {
  root: ["--unshare-user", "--disable-userns", "--remount-ro", "/proc"],
  /** Before bubblewrap 0.8. */
  olderRoot: ["--remount-ro", "/proc"],
};

async function firstThatWorks(plain: Bubblewrap): Promise<Sandbox> {
  if (process.getuid?.() !== 0) return tried(plain);
  const full = await tried({ ...plain, hardening: HARDENING.root });
  if (full.kind === "bubblewrap") return full;
  const limit =
    "Oriel runs as root with an old bubblewrap: a command can make namespaces and control groups of its own.";
  return tried({ ...plain, hardening: HARDENING.olderRoot, limits: [...plain.limits, limit] });
}

type Bubblewrap = Extract<Sandbox, { kind: "bubblewrap" }>;

async function tried(sandbox: Bubblewrap): Promise<Sandbox> {
  const complaint = await tryOut(sandbox);
  return complaint === null ? sandbox : { kind: "none", ...explain(complaint) };
}

/** Runs `true` as a real command would run; null, or what bubblewrap says against it. */
async function tryOut(sandbox: Bubblewrap): Promise<string | null> {
  const nothing = {
    worktree: path.dirname(sandbox.bwrap),
    writable: [],
    sealed: [],
    readable: [],
    hidden: [],
    temp: tmpdir(),
    proxySocket: null,
  };
  const layout = {
    policy: { ...nothing, mode: "read-only" },
    hidden: [],
    secrets: [],
    gitFile: null,
  } as const;
  const { argv, env, cwd } = wrapCommand(sandbox, layout, { line: "true", cwd: "/", env: process.env });
  const [file, ...args] = argv;
  try {
    await run(file, args, { env, cwd, timeout: 10_000 });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function explain(complaint: string): { reason: string; hint: string } {
  const said =
    complaint.split("\n").findLast((line) => line.startsWith("bwrap:")) ?? complaint.split("\n")[0];
  const reason = `bubblewrap is installed but does not work here (${said}).`;
  if (/uid map|namespace|not permitted|Permission denied/i.test(complaint)) {
    return {
      reason,
      hint:
        "This system does not let programs make user namespaces. In a container, start it with them allowed; on Ubuntu, " +
        "allow them for bwrap with an AppArmor profile, or set kernel.apparmor_restrict_unprivileged_userns=0.",
    };
  }
  return { reason, hint: "Try `bwrap --ro-bind / / true` in a terminal to see what is missing." };
}

async function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(":").filter((folder) => path.isAbsolute(folder))) {
    const file = path.join(folder, name);
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return undefined;
}
