import { describe, expect, test } from "vitest";
import { probeSandbox } from "./detect.ts";
import { commandEnvironment } from "./environment.ts";
import { parseUnixSockets, type Layout } from "./layout.ts";
import type { SandboxPolicy } from "./sandbox.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { sandboxCommand, wrapCommand } from "./wrap.ts";
import { chmod, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

const SANDBOX = {
  kind: "bubblewrap",
  bwrap: "/usr/bin/bwrap",
  bash: "/bin/bash",
  socat: "/usr/bin/socat",
  hardening: [],
  limits: [],
} as const;

const POLICY: SandboxPolicy = {
  mode: "workspace-write",
  worktree: "/home/u/data/worktrees/one",
  writable: ["/home/u/data/worktrees/one", "/home/u/data/git/one"],
  sealed: [],
  readable: ["/tmp/project"],
  hidden: ["/home/u/data/state"],
  temp: "/home/u/data/temp/one",
  proxySocket: null,
};

const LAYOUT: Layout = {
  policy: POLICY,
  hidden: [{ path: "/home/u/data/state", kind: "folder" }],
  secrets: [
    { path: "/home/u/.ssh", kind: "folder" },
    { path: "/home/u/.netrc", kind: "file" },
    { path: "/home/u/data/state/host.sock", kind: "file" },
    { path: "/run/docker.sock", kind: "file" },
    { path: "/tmp/x.sock", kind: "file" },
    { path: "/tmp/project/dev.sock", kind: "file" },
  ],
  gitFile: "/home/u/data/worktrees/one/.git",
};

/** The mounts among the arguments, from the first above the root on. */
function mounts(layout: Layout): string {
  const { argv } = wrapCommand(SANDBOX, layout, { line: "true", cwd: "/", env: {} });
  const args = argv.join(" ");
  return args.slice(args.indexOf("--proc /proc") + "--proc /proc".length, args.indexOf(" --chdir")).trim();
}

describe("the mounts", () => {
  test("go from parents to children; what is already out of sight is not masked again", () => {
    expect(mounts(LAYOUT).split(" --")).toEqual([
      "--tmpfs /run",
      "bind /home/u/data/temp/one /tmp",
      "ro-bind /tmp/project /tmp/project",
      "tmpfs /home/u/.ssh",
      "dev-bind /dev/null /home/u/.netrc",
      "dev-bind /dev/null /tmp/project/dev.sock",
      "tmpfs /home/u/data/state",
      "bind /home/u/data/worktrees/one /home/u/data/worktrees/one",
      "bind /home/u/data/git/one /home/u/data/git/one",
      "ro-bind /home/u/data/worktrees/one/.git /home/u/data/worktrees/one/.git",
      "remount-ro /home/u/.ssh",
      "remount-ro /home/u/data/state",
    ]);
  });

  test("read-only binds nothing for writing but the temp folder", () => {
    const readOnly = mounts({ ...LAYOUT, policy: { ...POLICY, mode: "read-only" } });
    expect(readOnly.match(/--bind \S+ \S+/g)).toEqual(["--bind /home/u/data/temp/one /tmp"]);
  });

  test("full access hides the state and nothing else", () => {
    expect(mounts({ ...LAYOUT, policy: { ...POLICY, mode: "full-access" } })).toBe(
      "--tmpfs /home/u/data/state --remount-ro /home/u/data/state",
    );
  });

  test("hidden wins over writable on the same path", () => {
    const clash: Layout = { ...LAYOUT, policy: { ...POLICY, writable: ["/home/u/data/state"] } };
    expect(mounts(clash)).not.toContain("--bind /home/u/data/state");
  });
});

test("the proxy is reached only where there are a socket, socat and a confining mode", () => {
  const withSocket = { ...LAYOUT, policy: { ...POLICY, proxySocket: "/s/proxy.sock" } };
  const command = { line: "true", cwd: "/", env: {} };
  const proxied = wrapCommand(SANDBOX, withSocket, command);
  expect(proxied.argv.join(" ")).toContain("--ro-bind /s/proxy.sock /run/oriel/proxy.sock");
  expect(proxied.env["https_proxy"]).toBe("http://127.0.0.1:23128");
  const others = [
    wrapCommand(SANDBOX, LAYOUT, command),
    wrapCommand({ ...SANDBOX, socat: null }, withSocket, command),
    wrapCommand(SANDBOX, { ...withSocket, policy: { ...withSocket.policy, mode: "full-access" } }, command),
  ];
  for (const other of others) {
    expect(other.argv.join(" ")).not.toContain("proxy.sock");
    expect(other.env).not.toHaveProperty("https_proxy");
  }
});

test("without a sandbox, a command gets its environment and nothing else", async () => {
  const none = { kind: "none", reason: "", hint: "" } as const;
  const env = { PATH: "/bin", MY_TOKEN: "0123456789" };
  const command = await sandboxCommand(none, POLICY, { line: "echo 'a b'", cwd: "/w", env });
  expect(command).toMatchObject({ cwd: "/w", env: { PATH: "/bin", TMPDIR: POLICY.temp } });
  expect(command.argv.at(-1)).toBe("echo 'a b'");
  expect(command.env).not.toHaveProperty("MY_TOKEN");
});

test("a worktree that is gone is a surprise", async () => {
  await expect(sandboxCommand(SANDBOX, POLICY, { line: "", cwd: "/", env: {} })).rejects.toThrow("ENOENT");
});

test("the environment holds what is on the list, and no secret even then", () => {
  const source = {
    PATH: "/bin",
    LC_ALL: "C",
    SSH_AUTH_SOCK: "/s",
    NODE_OPTIONS: "--require evil",
    LC_TOKEN: "x",
    BASH_ENV: "e",
  };
  expect(commandEnvironment(source, { temp: "/t", confined: false, proxied: false })).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    TMPDIR: "/t",
    TERM: "dumb",
    EDITOR: "true",
    VISUAL: "true",
    GIT_EDITOR: "true",
    PAGER: "cat",
    GIT_PAGER: "cat",
    GIT_TERMINAL_PROMPT: "0",
  });
});

test("listening sockets and mailboxes are found in the kernel's table", () => {
  const table = [
    "Num       RefCount Protocol Flags    Type St Inode Path",
    "0000000000000000: 00000002 00000000 00010000 0001 01 129341 /var/lib/db/with space.sock",
    "0000000000000000: 00000003 00000000 00000000 0001 03   9341 /var/lib/db/connected.sock",
    "0000000000000000: 00000002 00000000 00000000 0002 01 1 /dev/log",
    "0000000000000000: 00000002 00000000 00010000 0001 01 12 @/abstract",
    "0000000000000000: 00000003 00000000 00000000 0001 03 13",
    "garbage",
  ].join("\n");
  expect(parseUnixSockets(table)).toEqual(["/var/lib/db/with space.sock", "/dev/log"]);
});

describe("without bubblewrap", () => {
  test("another platform says so", async () => {
    expect(await probeSandbox("darwin", "")).toMatchObject({
      kind: "none",
      reason: expect.stringContaining("darwin"),
    });
  });

  test("a missing program is named, with how to get it", async () => {
    await using folder = await tempDir();
    expect(await probeSandbox("linux", `relative:${folder.path}`)).toEqual({
      kind: "none",
      reason: "bubblewrap (bwrap) is not installed, so commands can't be confined.",
      hint: "Install it with your package manager, for example: apt-get install bubblewrap socat bash",
    });
  });

  test("a bubblewrap that may not make namespaces is none", async () => {
    await using folder = await tempDir();
    const bwrap = path.join(folder.path, "bwrap");
    await writeFile(bwrap, "#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n");
    await chmod(bwrap, 0o755);
    await symlink("/bin/sh", path.join(folder.path, "bash"));
    expect(await probeSandbox("linux", folder.path)).toEqual({
      kind: "none",
      reason:
        "bubblewrap is installed but does not work here (bwrap: setting up uid map: Permission denied).",
      hint: expect.stringContaining("user namespaces"),
    });
  });
});
