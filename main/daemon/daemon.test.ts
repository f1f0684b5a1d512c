import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { type DaemonClient, connectDaemon, ensureDaemon } from "./client.ts";
import { daemonFolder, runtimeFolder } from "./endpoint.ts";
import { findMembers } from "./proc-linux.ts";
import { ENTRY, type TestDaemon, bash, outputOf, testDaemon } from "./testing/test-daemon.ts";

const alive = (id: string): Promise<number[]> => findMembers({ marker: `ORIEL_COMMAND=${id}`, leader: null });

/** The code of the failure that `promise` rejects with, or what it resolved with. */
const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.catch((error: unknown) => failureOf(error)?.code ?? error);

/** A script's line that waits until `file` exists. */
const until = (file: string): string => `until [ -e '${file}' ]; do sleep 0.01; done`;

describe("a command", () => {
  let daemon: TestDaemon;
  let client: DaemonClient;
  beforeAll(async () => {
    daemon = await testDaemon();
    client = await daemon.client();
  });
  afterAll(() => daemon[Symbol.asyncDispose]());

  test("keeps stdout and stderr in the order in which they were written, and its exit", async () => {
    const spec = bash("for i in 1 2 3; do echo out$i; echo err$i >&2; done; echo dev >/dev/stderr; exit 7");
    expect(await client.start(spec)).toEqual({ ok: true, value: undefined });
    const exit = await client.exited(spec.id);
    expect(exit).toEqual({ exitCode: 7, signal: null, durationMs: exit.durationMs, at: exit.at });
    expect(await outputOf(client, spec.id)).toBe("out1\nerr1\nout2\nerr2\nout3\nerr3\ndev\n");
    const state = await client.state(spec.id);
    expect(state).toEqual({
      id: spec.id,
      session: "ses_test",
      pid: state?.pid,
      startedAt: state?.startedAt,
      exit,
      total: 34,
      blocked: [],
    });
    expect(await client.list()).toContainEqual(state);
    await client.release(spec.id);
    expect(await client.state(spec.id)).toBeNull();
    expect(await codeOf(client.exited(spec.id))).toBe("unknown_command");
  });

  test("has the environment of its spec and nothing of the daemon's", async () => {
    const spec = bash("", { argv: ["/usr/bin/env"], env: { A: "1", ORIEL_KEEPS: "1" } });
    await client.start(spec);
    await client.exited(spec.id);
    expect((await outputOf(client, spec.id)).replace(/^ORIEL_DAEMON=.*$/m, "ORIEL_DAEMON=")).toBe(
      `A=1\nORIEL_DAEMON=\nORIEL_COMMAND=${spec.id}\n`,
    );
  });

  test("started twice at once or later runs once", async () => {
    await using dir = await tempDir();
    const file = path.join(dir.path, "runs");
    const spec = bash(`echo ran >> '${file}'`);
    const starts = await Promise.all([client.start(spec), client.start(spec)]);
    expect(starts.map((start) => (start.ok ? "ok" : start.failure.code)).toSorted()).toEqual([
      "exists",
      "ok",
    ]);
    await client.exited(spec.id);
    expect(await client.start(spec)).toMatchObject({ ok: false, failure: { code: "exists" } });
    await client.release(spec.id);
    expect(await client.start(spec)).toMatchObject({ ok: false, failure: { code: "exists" } });
    expect(await readFile(file, "utf8")).toBe("ran\n");
  });

  test.each([
    ["nothing of that name", { argv: ["/no/such/program"] }, "/no/such/program could not be started."],
    ["no such folder", { cwd: "/no/such/folder" }, "The folder /no/such/folder does not exist."],
    ["a NUL in an argument", { argv: ["echo", "a\0b"] }, "echo could not be started."],
    ["too long a line", { argv: ["echo", "x".repeat(1_000_000)] }, "echo could not be started."],
  ])("fails to start with %s, and its id stays free", async (_, rest, message) => {
    const spec = bash("echo fine", rest);
    expect(await client.start(spec)).toMatchObject({ ok: false, failure: { code: "spawn_failed", message } });
    expect(await client.state(spec.id)).toBeNull();
    expect(await client.start({ ...bash("echo fine"), id: spec.id })).toEqual({ ok: true, value: undefined });
    expect((await client.exited(spec.id)).exitCode).toBe(0);
  });

  test("reads what it is written, until its input is closed", async () => {
    const spec = bash("cat; echo end");
    await client.start(spec);
    const seen = new Promise((resolve) =>
      client.watch(spec.id, (bytes) => resolve(Buffer.from(bytes).toString())),
    );
    await client.write(spec.id, "ünï\n");
    expect(await seen).toBe("ünï\n");
    await client.closeInput(spec.id);
    await client.exited(spec.id);
    expect(await outputOf(client, spec.id)).toBe("ünï\nend\n");
    expect(await codeOf(client.write(spec.id, "late"))).toBe("input_closed");
  });

  test("that does not read is written no more than a bounded amount, and one without input reads its end", async () => {
    const spec = bash("sleep 1000");
    await client.start(spec);
    const megabyte = "x".repeat(1024 * 1024);
    expect(await codeOf(client.write(spec.id, megabyte))).toBeUndefined();
    expect(await codeOf(client.write(spec.id, megabyte))).toBe("input_full");
    await client.kill(spec.id);
    const without = bash("cat; echo end", { input: false });
    await client.start(without);
    await client.exited(without.id);
    expect(await outputOf(client, without.id)).toBe("end\n");
  });

  test("may print any bytes", async () => {
    const spec = bash("", {
      argv: [
        "perl",
        "-e",
        "binmode STDOUT; print pack('C*', map { $_ & 255 } 0..9999); print \"\\xff\\xfe\\xc3\\x28\"",
      ],
    });
    await client.start(spec);
    await client.exited(spec.id);
    const expected = Buffer.from([
      ...Array.from({ length: 10_000 }, (_, i) => i & 255),
      0xff,
      0xfe,
      0xc3,
      0x28,
    ]);
    expect(Buffer.from((await client.read(spec.id, 0, 20_000)).bytes).equals(expected)).toBe(true);
  });

  test("that never ends is killed, whatever it ignores", async () => {
    const spec = bash("trap '' TERM HUP INT; while :; do echo on; sleep 0.01; done");
    await client.start(spec);
    await new Promise<void>((resolve) => client.watch(spec.id, () => resolve()));
    await client.kill(spec.id);
    expect(await client.exited(spec.id)).toMatchObject({ exitCode: null, signal: "SIGKILL" });
    expect(await alive(spec.id)).toEqual([]);
    await client.kill(spec.id);
  });

  test.each([
    ["a background child that holds the output", "sleep 1000 & echo done"],
    ["nohup", "nohup sleep 1000 >/dev/null 2>&1 & echo done"],
    ["setsid", "setsid -f sleep 1000; echo done"],
    ["a double fork", "(setsid bash -c '(setsid sleep 1000 >/dev/null 2>&1 &) &' &); echo done"],
    ["a flood from the background", "echo done; (yes &)"],
  ])("leaves nothing behind: %s", async (_, script) => {
    const spec = bash(script);
    await client.start(spec);
    expect(await client.exited(spec.id)).toMatchObject({ exitCode: 0, signal: null });
    expect(await alive(spec.id)).toEqual([]);
    expect(await outputOf(client, spec.id)).toContain("done\n");
  });

  test("in a sandbox with its own pids ends whole", async () => {
    const spec = bash("", {
      argv: [
        "bwrap",
        "--dev-bind",
        "/",
        "/",
        "--unshare-pid",
        "--proc",
        "/proc",
        "--new-session",
        "--die-with-parent",
      ].concat("bash", "-c", "trap '' TERM; setsid sleep 1000 & while :; do echo up; sleep 0.01; done"),
    });
    await client.start(spec);
    await new Promise<void>((resolve) => client.watch(spec.id, () => resolve()));
    await client.kill(spec.id);
    expect((await client.exited(spec.id)).exitCode === 0).toBe(false);
    expect(await alive(spec.id)).toEqual([]);
  });

  test("with a network list has a proxy while it runs, and what that denied in its state", async () => {
    const spec = bash("read", { network: { allow: [] } });
    await client.start(spec);
    const socketPath = client.proxySocket(spec.id);
    const request = http.request({ socketPath, method: "CONNECT", path: "blocked.example:443" }).end();
    const [response] = await once(request, "connect");
    expect(response).toMatchObject({ statusCode: 403 });
    await client.closeInput(spec.id);
    await client.exited(spec.id);
    expect((await client.state(spec.id))?.blocked).toEqual(["blocked.example:443"]);
    expect(existsSync(socketPath)).toBe(false);
  });

  test("may print a gigabyte: counted in full, kept in part, with flat memory", async () => {
    const peak = async (): Promise<number> => {
      const status = await readFile(`/proc/${client.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
    };
    const before = await peak();
    const spec = bash("head -c 1G /dev/zero; echo end", { keepBytes: 1024 * 1024 });
    await client.start(spec);
    expect((await client.exited(spec.id)).exitCode).toBe(0);
    const total = 1024 ** 3 + 4;
    expect((await client.state(spec.id))?.total).toBe(total);
    const middle = await client.read(spec.id, 600_000_000, 10);
    expect(middle).toEqual({ bytes: Buffer.alloc(10), offset: total - 512 * 1024, total });
    expect(Buffer.from((await client.read(spec.id, total - 4, 10)).bytes).toString()).toBe("end\n");
    expect((await peak()) - before).toBeLessThan(100_000);
  });

  test.each(["no id at all", "../../etc", ""])("is refused the id %j", async (id) => {
    expect(await codeOf(client.start({ ...bash("true"), id }))).toBe("bad_input");
    expect((await client.list()).map((state) => state.id)).not.toContain(id);
  });
});

describe("the daemon", () => {
  test("keeps a command, its output and its exit for the next host when the first one is killed", async () => {
    await using daemon = await testDaemon();
    const gate = path.join(daemon.stateDir, "gate");
    const spec = bash(`echo before; ${until(gate)}; echo after; exit 3`);
    const host = spawn(process.execPath, [
      path.join(import.meta.dirname, "testing/host.ts"),
      daemon.stateDir,
      JSON.stringify(spec),
    ]);
    expect(String(await once(host.stdout, "data"))).toBe("started\n");
    const first = await connectDaemon(daemon);
    await first?.[Symbol.asyncDispose]();
    host.kill("SIGKILL");
    await once(host, "exit");

    const client = await daemon.client();
    expect(client.instance).toBe(first?.instance);
    const exited = client.exited(spec.id);
    await writeFile(gate, "");
    expect(await exited).toMatchObject({ exitCode: 3, signal: null });
    expect(await outputOf(client, spec.id)).toBe("before\nafter\n");
  });

  test("is one, also when several hosts start it at once", async () => {
    await using daemon = await testDaemon();
    const clients = await Promise.all([daemon.client(), daemon.client(), daemon.client()]);
    expect(new Set(clients.map((client) => client.instance)).size).toBe(1);
    const sockets = (await readdir(runtimeFolder(daemon.stateDir))).filter((name) => name.endsWith(".sock"));
    expect(sockets).toHaveLength(1);
    const modes = [
      daemonFolder(daemon.stateDir),
      path.join(daemonFolder(daemon.stateDir), "token"),
      path.join(runtimeFolder(daemon.stateDir), sockets[0] ?? ""),
    ].map(async (file) => (await stat(file)).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600]);
  });

  test("that was killed is told, and the next one is another and finds nothing running", async () => {
    await using daemon = await testDaemon();
    const client = await daemon.client();
    const spec = bash("setsid sleep 1000 & sleep 1000");
    await client.start(spec);
    const exited = codeOf(client.exited(spec.id));
    process.kill(client.pid, "SIGKILL");
    await client.closed;
    expect(await exited).toBe("daemon_gone");
    expect(await codeOf(client.list())).toBe("daemon_gone");

    const next = await daemon.client();
    expect(next.instance).not.toBe(client.instance);
    expect(await next.list()).toEqual([]);
    expect(await alive(spec.id)).toEqual([]);
  });

  test("ends itself when nobody comes", async () => {
    await using daemon = await testDaemon();
    const child = spawn(process.execPath, [ENTRY, "--state-dir", daemon.stateDir, "--idle-ms", "1"], {
      stdio: "ignore",
    });
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(await readdir(runtimeFolder(daemon.stateDir))).toEqual([]);
  });

  test.each([
    ["an entry that fails", { entry: "/no/such/daemon.js" }],
    ["no Node", { execPath: "/no/such/node" }],
  ])("that can't be started is told: %s", async (_, rest) => {
    await using dir = await tempDir();
    const options = { stateDir: dir.path, entry: ENTRY, version: "test", ...rest };
    expect(await codeOf(ensureDaemon(options))).toBe("daemon_unavailable");
  });

  test("that is killed as it starts is started again", async () => {
    await using dir = await tempDir();
    const stateDir = path.join(dir.path, "state");
    const entry = path.join(dir.path, "entry.mjs");
    const killed = path.join(dir.path, "killed");
    const lines = [
      `import { existsSync, writeFileSync } from "node:fs";`,
      `if (!existsSync("${killed}")) (writeFileSync("${killed}", ""), process.kill(process.pid, "SIGKILL"));`,
      `await import("${pathToFileURL(ENTRY).href}");`,
    ];
    await writeFile(entry, lines.join("\n"));
    await using client = await ensureDaemon({ stateDir, entry, version: "test" });
    expect(existsSync(killed)).toBe(true);
    await client.shutdown();
    await client.closed;
  });

  test("in a folder whose path is too long for a socket works as well", async () => {
    await using dir = await tempDir();
    const stateDir = path.join(dir.path, "long".repeat(30));
    await using client = await ensureDaemon({ stateDir, entry: ENTRY, version: "test" });
    await using same = await connectDaemon({ stateDir });
    expect(same?.instance).toBe(client.instance);
    await client.shutdown();
    await client.closed;
    await rm(runtimeFolder(stateDir), { recursive: true });
  });

  test("ends with all it runs when asked, and is not started by who only looks", async () => {
    await using daemon = await testDaemon();
    expect(await connectDaemon(daemon)).toBeNull();
    expect(await readdir(daemon.stateDir)).toEqual([]);
    const client = await daemon.client();
    const spec = bash("sleep 1000");
    await client.start(spec);
    await client.shutdown();
    await client.closed;
    expect(await alive(spec.id)).toEqual([]);
    expect(await connectDaemon(daemon)).toBeNull();
  });
});
