import { once } from "node:events";
import { readFileSync, readdirSync, rmdirSync, watch, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { openChannel } from "./channel.ts";
import { connectDaemon, ensureDaemon } from "./client.ts";
import { startDaemon } from "./daemon.ts";
import { connectEndpoint, daemonFolder, runtimeFolder, tagOf } from "./endpoint.ts";
import { type Clock, systemClock, watchIdle } from "./idle.ts";
import { LOG_NAME } from "./launch.ts";
import { startProxy } from "./proxy/proxy.ts";
import { ENTRY, bash, outputOf } from "./testing/test-daemon.ts";
import { ensureToken } from "./token.ts";

/** A clock that moves when told. */
function fakeClock() {
  let now = 1_000;
  const timers = new Set<{ at: number; callback: () => void }>();
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return { [Symbol.dispose]: () => void timers.delete(timer) };
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    for (const timer of [...timers].filter(({ at }) => at <= now)) {
      timers.delete(timer);
      timer.callback();
    }
  };
  return { clock, pass, waiting: () => timers.size };
}

function watched() {
  const fake = fakeClock();
  let busy = 0;
  let ended = 0;
  const watch = watchIdle({
    busy: () => busy,
    idleMs: 100,
    clock: fake.clock,
    onIdle: () => ended++,
  });
  const become = (next: number): void => {
    busy = next;
    watch.changed();
  };
  return { ...fake, watch, become, ended: () => ended };
}

describe("idle", () => {
  test("ends after the time when nobody ever came", () => {
    const { pass, ended } = watched();
    pass(99);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("waits the whole time again after each one that goes", () => {
    const { become, pass, ended } = watched();
    pass(99);
    become(1);
    pass(1_000_000);
    become(0);
    pass(99);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("leaves no timer when disposed", () => {
    const { watch, waiting } = watched();
    expect(waiting()).toBe(1);
    watch[Symbol.dispose]();
    expect(waiting()).toBe(0);
  });
});

test("the clock that counts is the process's own: the one on the wall may be set back", () => {
  const before = performance.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(performance.now());
});

/** Resolves when the daemon of this data directory has written that it ended, which is the last that it does. */
async function endOf(stateDir: string, instance: string): Promise<void> {
  const folder = daemonFolder(stateDir);
  const watcher = watch(folder);
  const isOver = () => readFileSync(path.join(folder, LOG_NAME), "utf8").includes(`daemon ${instance} ended`);
  while (!isOver()) await once(watcher, "change");
  watcher.close();
}

test("a daemon stays for a minute after its last client, unless it was told how long", async () => {
  await using dir = await tempDir("oriel-daemon-");
  const { clock, pass } = fakeClock();
  await using daemon = await startDaemon({
    ...{ stateDir: dir.path, version: "test", startProxy, log() {}, clock },
  });
  let ended = false;
  void daemon?.ended.then(() => (ended = true));
  pass(59_999);
  await new Promise(setImmediate);
  expect(ended).toBe(false);
  pass(1);
  await daemon?.ended;
});

test("a daemon that can't save a result stays until it is fetched", async () => {
  await using dir = await tempDir("oriel-daemon-");
  const { clock, pass } = fakeClock();
  const failed = Promise.withResolvers<void>();
  const log = (text: string): void => void (text.includes("could not be saved") && failed.resolve());
  await using daemon = await startDaemon({ stateDir: dir.path, version: "test", startProxy, log, clock });
  const at = { end: false };
  void daemon?.ended.then(() => (at.end = true));
  const connected = async () => {
    const client = await connectDaemon({ stateDir: dir.path });
    if (client === null) throw new Error("it has gone");
    return client;
  };
  const first = await connected();
  // Where the folder is to be there is a file.
  const folder = path.join(daemonFolder(dir.path), "results", tagOf("test"));
  rmdirSync(folder);
  writeFileSync(folder, "");
  const spec = bash("echo kept");
  await first.start(spec);
  await first.exited(spec.id);
  await first[Symbol.asyncDispose]();
  await failed.promise;
  pass(1_000_000);
  await new Promise(setImmediate);
  expect(at.end).toBe(false);

  const again = await connected();
  expect(await outputOf(again, spec.id)).toBe("kept\n");
  await again.release(spec.id);
  await again[Symbol.asyncDispose]();
  while (!at.end) {
    pass(60_000);
    await new Promise(setImmediate);
  }
});

/** Long enough to be found after its start on a busy machine; where it is not, the next is started. */
const daemonIn = (stateDir: string) => ensureDaemon({ stateDir, entry: ENTRY, version: "test", idleMs: 500 });
const env = { PATH: process.env["PATH"] ?? "" };
const shell = (id: string, argv: string[]) => ({
  ...{ id, session: "ses_idle", argv, cwd: "/tmp", env, cols: 80, rows: 24 },
});

test("a daemon that nobody told to ends by itself after its last terminal and its last client, not before", async () => {
  await using dir = await tempDir("oriel-daemon-");
  const first = await daemonIn(dir.path);
  const { instance } = first;
  expect((await first.openTerminal(shell("trm_idle", ["bash"]))).ok).toBe(true);
  await first[Symbol.asyncDispose]();

  const again = await connectDaemon({ stateDir: dir.path });
  expect(again?.instance).toBe(instance);
  await again?.killTerminal("trm_idle");
  await again?.[Symbol.asyncDispose]();
  await endOf(dir.path, instance);
  expect(await connectDaemon({ stateDir: dir.path })).toBe(null);
});

test("neither a shell that has ended nor a result that nobody fetched keeps a daemon: the next one has them", async () => {
  await using dir = await tempDir("oriel-daemon-");
  const first = await daemonIn(dir.path);
  const { instance } = first;
  const spec = bash("echo done; exit 3");
  await first.start(spec);
  await first.openTerminal(shell("trm_ended", ["bash", "-c", "echo bye; exit 4"]));
  const exit = await first.exited(spec.id);
  const terminalExit = await first.terminalExited("trm_ended");
  await first[Symbol.asyncDispose]();
  await endOf(dir.path, instance);

  await using next = await daemonIn(dir.path);
  expect(next.instance).not.toBe(instance);
  expect(await next.state(spec.id)).toMatchObject({ id: spec.id, exit, total: 5 });
  expect(await outputOf(next, spec.id)).toBe("done\n");
  expect(await next.listTerminals()).toMatchObject([{ id: "trm_ended", exit: terminalExit, lost: false }]);
  await next.release(spec.id);
  await next.killTerminal("trm_ended");
});

test("a daemon that is ending welcomes nobody and opens nothing: who asks finds the connection lost, and the next daemon", async () => {
  await using dir = await tempDir("oriel-daemon-");
  const stateDir = dir.path;
  const daemon = await startDaemon({ stateDir, version: "test", startProxy, log() {} });
  await using client = await connectDaemon({ stateDir });
  if (!daemon || !client) throw new Error("no daemon");
  // Ends when it is told to, and says that it was asked to.
  const gate = path.join(stateDir, "gate");
  const script = `exec 3<> <(:); trap 'echo asked' HUP; trap '' TERM; echo up; until [ -e '${gate}' ]; do read -rt 0.01 -u 3; done`;
  await client.openTerminal(shell("trm_slow", ["bash", "-c", script]));
  let text = "";
  const seen = { up: Promise.withResolvers<void>(), asked: Promise.withResolvers<void>() };
  const show = (more: string): void => {
    text += more;
    if (text.includes("up")) seen.up.resolve();
    if (text.includes("asked")) seen.asked.resolve();
  };
  await client.attachTerminal("trm_slow", {
    onScreen: (screen) => show(screen.text),
    onOutput: (bytes) => show(Buffer.from(bytes).toString()),
  });
  await seen.up.promise;
  const ended = daemon[Symbol.asyncDispose]();
  await seen.asked.promise;

  const opened = client
    .openTerminal(shell("trm_late", ["bash"]))
    .catch((error: unknown) => failureOf(error)?.code);
  // Answered when it has read what was asked before; not where it has ended meanwhile.
  const read = client.listTerminals().catch(() => null);
  const socket = await connectEndpoint(runtimeFolder(stateDir));
  const welcome = socket && openChannel(socket, ensureToken(daemonFolder(stateDir)));
  await read;
  writeFileSync(gate, "");
  await ended;
  expect(await opened).toBe("daemon_gone");
  expect(await welcome).toBe(null);
  expect(readdirSync(path.join(daemonFolder(stateDir), "terminals", tagOf("test"))).length).toBe(1);
});
