import { assertNever } from "#shared/kernel/assert-never.ts";
import { commandEnvironment, PROXY_PORT } from "./environment.ts";
import { surveyLayout, type HiddenPath, type Layout } from "./layout.ts";
import type { Sandbox, SandboxedCommand, SandboxPolicy, WrappedCommand } from "./sandbox.ts";

/**
 * How to start an agent's command under `policy`: looks at the machine, then wraps. This is what callers use.
 * Where the sandbox is `none`, the command is only given its environment: ask the person before.
 * Throws where the worktree, the temp folder or the proxy's socket is gone.
 *
 * Start it with pipes and from a thread that lives as long as the command (the kernel ties "die with parent" to the
 * thread). A command that dies of a signal ends with exit code 128 + its number, as in a shell. All that it started
 * ends with it. Killing the process that was started kills the whole tree.
 */
export async function sandboxCommand(
  sandbox: Sandbox,
  policy: SandboxPolicy,
  command: SandboxedCommand,
): Promise<WrappedCommand> {
  if (sandbox.kind === "none") return bareCommand(policy, command);
  return wrapCommand(sandbox, await surveyLayout(policy, command.env), command);
}

/** The pure part of `sandboxCommand`. */
export function wrapCommand(
  sandbox: Extract<Sandbox, { kind: "bubblewrap" }>,
  layout: Layout,
  command: SandboxedCommand,
): WrappedCommand {
  const { policy } = layout;
  const open = policy.mode === "full-access";
  const proxied = !open && policy.proxySocket !== null && sandbox.socat !== null;
  return {
    argv: [
      sandbox.bwrap,
      ...(open ? OPEN_BASE : [...CONFINED_BASE, ...sandbox.hardening]),
      ...mountArguments(mountsOf(layout)),
      ...(proxied ? ["--ro-bind", policy.proxySocket ?? "", PROXY_SOCKET] : []),
      ...["--chdir", command.cwd, "--"],
      ...prepared(sandbox.bash, proxied ? sandbox.socat : null),
      ...[sandbox.bash, ...NO_STARTUP_FILES, "-c", ...shellArguments(sandbox.bash, command.line)],
    ],
    env: commandEnvironment(command.env, {
      temp: open ? policy.temp : "/tmp",
      confined: !open,
      proxied,
    }),
    // Bubblewrap changes into the folder by itself, as it looks inside.
    cwd: "/",
    lifeline: true,
  };
}

const bareCommand = (policy: SandboxPolicy, command: SandboxedCommand): WrappedCommand => ({
  argv: [
    "/bin/sh",
    "-c",
    'command -v bash >/dev/null && exec bash --norc -c "$1"; exec sh -c "$1"',
    "sh",
    command.line,
  ],
  env: commandEnvironment(command.env, { temp: policy.temp, confined: false, proxied: false }),
  cwd: command.cwd,
});

/**
 * Every mode: a tree of its own that ends with its parent. A new terminal session, so that nothing can push input into
 * a terminal (TIOCSTI) that the starting process may have; commands on pipes need none.
 */
const TREE = ["--unshare-pid", "--die-with-parent", "--new-session"];

const CONFINED_BASE = [
  ...TREE,
  ...["--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"],
  // Root keeps its capabilities in bubblewrap unless told otherwise, and could then unmount the masks.
  ...["--cap-drop", "ALL"],
  ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
];

/** Root in `full-access` keeps what installing packages needs, not what undoes the mask over `state/`. */
const OPEN_BASE = [
  ...TREE,
  ...["SYS_ADMIN", "SYS_PTRACE", "SYS_MODULE", "SYS_RAWIO", "SYS_BOOT", "DAC_READ_SEARCH", "MKNOD"].flatMap(
    (name) => ["--cap-drop", `CAP_${name}`],
  ),
  ...["--dev-bind", "/", "/", "--proc", "/proc"],
];

type Mount =
  | { readonly kind: "read" | "write" | "empty"; readonly path: string }
  | { readonly kind: "temp"; readonly path: string; readonly from: string }
  | { readonly kind: "hide"; readonly path: string; readonly hidden: HiddenPath };

/**
 * The mounts above the root, parents before children: the deeper one decides, and of two on one path the later here.
 * A mask below an empty folder is left out: there is nothing to hide, and no place to mount it on.
 */
function mountsOf({ policy, hidden, secrets, gitFile }: Layout): Mount[] {
  const hide = (found: readonly HiddenPath[]) =>
    found.map((hidden): Mount => ({ kind: "hide", path: hidden.path, hidden }));
  const wanted: Mount[] = [];
  if (policy.mode !== "full-access") {
    wanted.push({ kind: "empty", path: "/run" }, { kind: "temp", path: "/tmp", from: policy.temp });
    const visible = [policy.worktree, ...policy.readable, ...policy.writable];
    wanted.push(...visible.map((path): Mount => ({ kind: "read", path })));
    if (policy.mode === "workspace-write") {
      wanted.push(...policy.writable.map((path): Mount => ({ kind: "write", path })));
      wanted.push(...policy.sealed.map((path): Mount => ({ kind: "read", path })));
      if (gitFile !== null) wanted.push({ kind: "read", path: gitFile });
    }
    wanted.push(...hide(secrets));
  }
  wanted.push(...hide(hidden));

  const byPath = new Map(wanted.map((mount) => [mount.path, mount]));
  const kept: Mount[] = [];
  for (const mount of [...byPath.values()].toSorted((a, b) => depth(a.path) - depth(b.path))) {
    const above = kept.findLast((other) => contains(other.path, mount.path));
    const nothingToHide = above !== undefined && above.kind !== "read" && above.kind !== "write";
    if (!(mount.kind === "hide" && nothingToHide)) kept.push(mount);
  }
  return kept;
}

const depth = (path: string): number => (path === "/" ? 0 : path.split("/").length - 1);
const contains = (parent: string, child: string): boolean =>
  child.startsWith(parent === "/" ? "/" : `${parent}/`);

function mountArguments(mounts: readonly Mount[]): string[] {
  const made = mounts.flatMap((mount) => {
    switch (mount.kind) {
      case "read":
        return ["--ro-bind", mount.path, mount.path];
      case "write":
        return ["--bind", mount.path, mount.path];
      case "temp":
        return ["--bind", mount.from, mount.path];
      case "empty":
        return ["--tmpfs", mount.path];
      case "hide":
        // A file reads as empty: tools take a missing or empty .npmrc, but not one that may not be opened.
        return mount.hidden.kind === "folder"
          ? ["--tmpfs", mount.path]
          : ["--dev-bind", "/dev/null", mount.path];
      default:
        return assertNever(mount);
    }
  });
  // Masks become read-only once all mounts are made, so that writing to one fails instead of vanishing.
  const masks = mounts.filter((mount) => mount.kind === "hide" && mount.hidden.kind === "folder");
  return [...made, ...masks.flatMap(({ path }) => ["--remount-ro", path])];
}

const PROXY_SOCKET = "/run/oriel/proxy.sock";

/**
 * What runs inside just before the command's own shell, which then takes its place.
 * First it closes whatever files the starting process left open: a folder that was opened outside is a way out.
 * Then it starts the bridge from the sandbox's loopback to the proxy's socket, and waits until it listens (its network
 * namespace then counts one TCP socket; a few milliseconds), so that the command's first connection finds it. The loop
 * is bounded: without a bridge there is no network, but the command still runs.
 */
function prepared(bash: string, socat: string | null): string[] {
  // Who was started by a daemon that is dead already must not begin: "die with parent" holds only from bwrap's own start.
  const alive =
    '[[ -z $ORIEL_LIFELINE ]] || read -r -t 0.001 -u "$ORIEL_LIFELINE" _ || (($? > 128)) || exit 125';
  const close = 'for fd in /proc/self/fd/*; do fd=${fd##*/}; ((fd > 2)) && eval "exec $fd>&-"; done';
  const bridge = [
    `("$0" TCP-LISTEN:${PROXY_PORT},bind=127.0.0.1,reuseaddr,fork,max-children=128 UNIX-CONNECT:${PROXY_SOCKET} </dev/null >/dev/null 2>&1 &)`,
    "for ((i = 0; i < 100000; i++)); do",
    "  { read -r _; read -r _ _ sockets _; } </proc/net/sockstat || break",
    "  ((sockets > 0)) && break",
    "done",
  ];
  const script = [alive, "unset ORIEL_LIFELINE", close, ...(socat === null ? [] : bridge), 'exec "$@"'].join(
    "\n",
  );
  return [bash, ...NO_STARTUP_FILES, "-c", script, socat ?? bash];
}

/** Linux takes at most 128 KiB in one argument, ended by a zero byte: below that with room to spare. */
const LONGEST_ARGUMENT = 100_000;

/**
 * Bash takes a standard input that is a socket, as Node makes its pipes, for a remote login, and would read ~/.bashrc
 * before each command.
 */
const NO_STARTUP_FILES = ["--norc"];

/** What follows `bash -c`: the line, or where it is too long for one argument, its pieces and how to join them. */
function shellArguments(bash: string, line: string): string[] {
  if (Buffer.byteLength(line) <= LONGEST_ARGUMENT) return [line];
  return ['IFS=; line="$*"; unset IFS; set --; eval "$line"', bash, ...piecesOf(line)];
}

function piecesOf(line: string): string[] {
  // A character takes at most three bytes a UTF-16 unit; a pair of units must stay together.
  const PIECE = LONGEST_ARGUMENT / 4;
  const pieces: string[] = [];
  for (let start = 0; start < line.length;) {
    let end = Math.min(start + PIECE, line.length);
    if (/[\uD800-\uDBFF]/.test(line.charAt(end - 1)) && end < line.length) end += 1;
    pieces.push(line.slice(start, end));
    start = end;
  }
  return pieces;
}
