import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, open, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { fakeMachine, realSandbox, runInside } from "./testing.ts";

const sandbox = await realSandbox();
const run = promisify(execFile);

/** Every file below a folder with its text. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)),
  );
}

/** The attacks that ended with exit code 0, each run by itself. */
async function succeeding(
  machine: Parameters<typeof runInside>[1],
  attacks: readonly string[],
): Promise<string[]> {
  const codes = new Map<string, number | null>();
  for (const attack of attacks) codes.set(attack, (await runInside(sandbox, machine, attack)).exitCode);
  return attacks.filter((attack) => codes.get(attack) === 0);
}

/** Writes to a setting of the kernel what it is already. */
const rewrite = (file: string): string => `value=$(cat ${file}) && echo "$value" >${file}`;

/** A machine with something to lose outside of the session. */
async function richMachine() {
  const machine = await fakeMachine();
  const { inside } = machine;
  await mkdir(inside("home/.ssh"));
  await mkdir(inside("project/.git/hooks"), { recursive: true });
  await mkdir(inside("data/git/two/hooks"), { recursive: true });
  await Promise.all([
    writeFile(inside("home/.ssh/id_ed25519"), "the key"),
    writeFile(inside("home/.netrc"), "the password"),
    writeFile(inside("home/.bashrc"), "# shell"),
    writeFile(inside("project/a.txt"), "checkout"),
    writeFile(inside("project/.git/config"), "[core]"),
    writeFile(inside("data/state/log.db"), "the log"),
    writeFile(inside("data/worktrees/two/a.txt"), "two"),
    writeFile(inside("data/worktrees/one/.git"), `gitdir: ${inside("data/git/one")}`),
    writeFile(inside("data/git/two/config"), "[core]"),
  ]);
  await symlink(inside("project"), inside("data/worktrees/one/way-out"));
  return machine;
}

describe.skipIf(!sandbox)("under workspace-write, a command can't", () => {
  test("write anywhere else, by any road", async () => {
    await using machine = await richMachine();
    const { inside } = machine;
    const before = await contents(inside());
    const attacks = [
      `echo x >>${inside("project/a.txt")}`,
      `rm -f ${inside("project/a.txt")}`,
      `mv ${inside("project")} ${inside("project2")}`,
      `chmod 777 ${inside("project/a.txt")}`,
      `echo x >${inside("project/.git/hooks/pre-commit")}`,
      `echo x >>${inside("project/.git/config")}`,
      `echo x >>${inside("data/worktrees/two/a.txt")}`,
      `echo x >${inside("data/git/two/hooks/pre-commit")}`,
      `echo x >>${inside("data/git/two/config")}`,
      `echo x >${inside("data/state/log.db")}`,
      `echo x >>${inside("home/.bashrc")}`,
      `echo x >${inside("home/.ssh/authorized_keys")}`,
      `rm -rf ${inside("home/.ssh")}`,
      // Harmless should they ever succeed, as is everything here that names a path of the real machine.
      ": >>/etc/passwd",
      ": >>/usr/bin/env",
      "echo x >way-out/a.txt",
      "cd way-out && rm a.txt",
      // A second name for a file outside: the worktree is a mount of its own.
      `ln ${inside("project/a.txt")} mine && echo x >>mine`,
      `ln -P /proc/self/root${inside("project/a.txt")} mine`,
      `echo x >>/proc/self/root${inside("project/a.txt")}`,
      `echo x >>/proc/1/root${inside("project/a.txt")}`,
      `cd /proc/1/cwd && echo x >>..${inside("project/a.txt")}`,
      "echo x >.git",
      "rm -f .git",
    ];
    expect(await succeeding(machine, attacks)).toEqual([]);
    expect(await contents(inside())).toEqual(before);
  });

  test("undo its mounts, also with namespaces of its own", async () => {
    await using machine = await richMachine();
    const { inside } = machine;
    const before = await contents(inside());
    const target = inside("project/a.txt");
    const attacks = [
      "mount -o remount,rw /",
      "mount -o remount,rw,bind /",
      `mount -o remount,rw,bind ${inside()} && echo x >${target}`,
      `umount ${inside("data/state")}`,
      `umount -l ${inside("data/state")}`,
      "umount /tmp",
      `unshare -Urm sh -c 'mount -o remount,rw,bind ${inside()}; echo x >${target}'`,
      `unshare -Urm sh -c 'umount -l ${inside("data/state")}; cat ${inside("data/state/log.db")}'`,
      "nsenter -t 1 -m -- true",
      "chroot / true",
      "mknod disk b 8 0",
      "echo $$ >/sys/fs/cgroup/cgroup.procs",
      // Root's own files in /proc and /sys need no capability: only a read-only mount protects them.
      ...["/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/sys/kernel/uevent_helper"].map(
        rewrite,
      ),
      `unshare -Umpf sh -c 'mount -t proc proc /proc && ${rewrite("/proc/sys/kernel/core_pattern")}'`,
      `unshare -Umn sh -c 'mount -t sysfs sysfs /sys && ${rewrite("/sys/kernel/uevent_helper")}'`,
      "echo h >/proc/sysrq-trigger",
    ];
    expect(await succeeding(machine, attacks)).toEqual([]);
    expect(await contents(inside())).toEqual(before);
  });

  test("read secrets or the state", async () => {
    await using machine = await richMachine();
    const { inside } = machine;
    // A symlink beside it must not lead around the mask.
    await symlink(inside("home/.ssh"), inside("home/keys"));
    const spied = await runInside(
      sandbox,
      machine,
      `cat ${inside("home/.ssh/id_ed25519")} ${inside("home/keys/id_ed25519")} ${inside("home/.netrc")}; ` +
        `cat ${inside("data/state/log.db")}; ls -A ${inside("data/state")} ${inside("home/.ssh")}`,
    );
    expect(spied.stdout).toBe(`${inside("data/state")}:\n\n${inside("home/.ssh")}:\n`);
    const open = await runInside(
      sandbox,
      machine,
      `ls -A ${inside("data/state")}; umount ${inside("data/state")}`,
      {
        policy: { mode: "full-access" },
      },
    );
    expect(open).toMatchObject({ stdout: "" });
    expect(open.exitCode).not.toBe(0);
  });

  test("see secrets in its environment, or files left open", async () => {
    await using machine = await fakeMachine();
    const env = {
      OPENAI_API_KEY: "key-0123456789",
      LC_SECRET: "very secret",
      TZ: "sk-proj-abcDEF0123456789abcDEF",
      LC_ALL: "C",
    };
    await using folder = await open(machine.inside("project"));
    const inherited = folder.fd;
    const seen = await runInside(sandbox, machine, "env; exec ls -m /proc/self/fd", { env, inherited });
    expect(seen.stdout).not.toMatch(/OPENAI|LC_SECRET|\bTZ=/);
    expect(seen.stdout).toContain("LC_ALL=C");
    // 3 is the folder that ls reads.
    expect(seen.stdout.trimEnd().split("\n").at(-1)).toBe("0, 1, 2, 3");
  });

  test("touch processes outside", async () => {
    await using machine = await fakeMachine();
    const outside = spawn("cat", { stdio: "pipe" });
    try {
      const attack = await runInside(
        sandbox,
        machine,
        `kill -9 ${outside.pid}; ls /proc/${outside.pid}; cat /proc/${outside.pid}/mem; ls -d /proc/[0-9]* | wc -l`,
      );
      expect(attack.stdout).toMatch(/^\d\n$/);
      outside.stdin.write("still there");
      const [echoed]: unknown[] = await once(outside.stdout, "data");
      expect(String(echoed)).toBe("still there");
    } finally {
      outside.kill("SIGKILL");
    }
  });

  test("reach the network, loopback or a unix socket outside", async () => {
    await using machine = await fakeMachine();
    await using elsewhere = await tempDir("oriel-socket-");
    const { inside } = machine;
    let reached = 0;
    const listen = async (where: string | { port: number; host: string }) => {
      const server = net.createServer((socket) => {
        reached += 1;
        socket.destroy();
      });
      server.listen(where);
      await once(server, "listening");
      return server;
    };
    // /run can be written to by root alone; elsewhere a person's own folder there stands for it.
    const runFolder = process.getuid?.() === 0 ? "/run" : process.env["XDG_RUNTIME_DIR"];
    const sockets = [
      inside("data/state/host.sock"),
      inside("home/agent.sock"),
      inside("project/dev.sock"),
      path.join(elsewhere.path, "x11.sock"),
      ...(runFolder ? [path.join(runFolder, `oriel-test-${process.pid}.sock`)] : []),
    ];
    const servers = await Promise.all([...sockets, { port: 0, host: "127.0.0.1" }].map(listen));
    const address = servers.at(-1)?.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const script = `
      const net = require("node:net");
      const targets = [...process.argv.slice(2), { port: ${port}, host: "127.0.0.1" }, { port: 80, host: "192.0.2.1" }, "\\0oriel-test"];
      let open = targets.length;
      const end = (word) => { console.log(word); if (--open === 0) process.exit(); };
      for (const target of targets) net.connect(target).on("connect", () => end("connected")).on("error", () => end("refused"));`;
    await writeFile(path.join(machine.policy.worktree, "attack.cjs"), script);
    try {
      const attack = await runInside(sandbox, machine, `${process.execPath} attack.cjs ${sockets.join(" ")}`);
      const targets = sockets.length + 3;
      expect(attack).toMatchObject({ exitCode: 0, stdout: "refused\n".repeat(targets), stderr: "" });
      expect(reached).toBe(0);
    } finally {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    }
  });

  test("outlive its own end", async () => {
    await using machine = await fakeMachine();
    const mark = `oriel-test-${process.pid}-${Math.random().toString(36).slice(2)}`;
    const left = await runInside(
      sandbox,
      machine,
      `setsid -f bash -c 'exec -a ${mark} sleep 1000'; (bash -c 'exec -a ${mark} sleep 1000' &) & echo started`,
    );
    expect(left).toEqual({ exitCode: 0, signal: null, stdout: "started\n", stderr: "" });
    const { stdout } = await run("ps", ["-eo", "args"]);
    expect(stdout).not.toContain(mark);
  });
});

describe.skipIf(!sandbox)("under read-only, a command can't", () => {
  test("write to its worktree, but has a temp folder", async () => {
    await using machine = await fakeMachine();
    const read = await runInside(
      sandbox,
      machine,
      `echo x >a; echo x >${machine.inside("data/git/one/a")}; ls; echo ok >/tmp/t && cat /tmp/t`,
      { policy: { mode: "read-only" } },
    );
    expect(read.stdout).toBe("ok\n");
    expect(await readdir(machine.policy.worktree)).toEqual([]);
    expect(await readFile(machine.inside("temp/t"), "utf8")).toBe("ok\n");
  });
});

test.skipIf(!sandbox)(
  "a hard link that was made outside is the one road that mounts can't close",
  async () => {
    await using machine = await fakeMachine();
    await writeFile(machine.inside("project/a.txt"), "shared");
    await link(machine.inside("project/a.txt"), machine.inside("data/worktrees/one/a.txt"));
    await runInside(sandbox, machine, "echo x >>a.txt");
    // Said among the limits of the sandbox; whoever fills a worktree must copy, not link.
    expect(await readFile(machine.inside("project/a.txt"), "utf8")).toBe("sharedx\n");
    expect(sandbox?.limits.join()).toContain("hard link");
  },
);
