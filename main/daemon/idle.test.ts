import { once } from "node:events";
import { readFileSync, watch } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { connectDaemon, ensureDaemon } from "./client.ts";
import { daemonFolder } from "./endpoint.ts";
import { type Activity, type Clock, KEEP_RESULTS_MS, watchIdle } from "./idle.ts";
import { LOG_NAME } from "./launch.ts";
import { ENTRY } from "./testing/test-daemon.ts";

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
  let activity: Activity = { busy: 0, unreleased: [] };
  let ended = 0;
  const watch = watchIdle({
    activity: () => activity,
    idleMs: 100,
    clock: fake.clock,
    onIdle: () => ended++,
  });
  const become = (next: Activity): void => {
    activity = next;
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
    become({ busy: 1, unreleased: [] });
    pass(1_000_000);
    become({ busy: 0, unreleased: [] });
    pass(99);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("keeps a result that nobody has fetched for a day", () => {
    const { become, pass, ended } = watched();
    become({ busy: 0, unreleased: [1_000] });
    pass(KEEP_RESULTS_MS - 1);
    expect(ended()).toBe(0);
    pass(1);
    expect(ended()).toBe(1);
  });

  test("ends after the time when the last result is released", () => {
    const { become, pass, ended } = watched();
    become({ busy: 0, unreleased: [1_000] });
    pass(5_000);
    become({ busy: 0, unreleased: [] });
    pass(100);
    expect(ended()).toBe(1);
  });

  test("leaves no timer when disposed", () => {
    const { watch, waiting } = watched();
    expect(waiting()).toBe(1);
    watch[Symbol.dispose]();
    expect(waiting()).toBe(0);
  });
});

/** Resolves when the daemon of this data directory has written that it ended, which is the last that it does. */
async function endOf(stateDir: string, instance: string): Promise<void> {
  const folder = daemonFolder(stateDir);
  const watcher = watch(folder);
  const isOver = () => readFileSync(path.join(folder, LOG_NAME), "utf8").includes(`daemon ${instance} ended`);
  while (!isOver()) await once(watcher, "change");
  watcher.close();
}

test("a daemon that nobody told to ends by itself after its last terminal and its last client, not before", async () => {
  await using dir = await tempDir("oriel-daemon-");
  // Long enough to be found after its start on a busy machine; where it is not, the next is started.
  const options = { stateDir: dir.path, entry: ENTRY, version: "test", idleMs: 500 };
  const first = await ensureDaemon(options);
  const { instance } = first;
  const env = { PATH: process.env["PATH"] ?? "" };
  const terminal = {
    id: "trm_idle",
    session: "ses_idle",
    argv: ["bash"],
    cwd: "/tmp",
    env,
    cols: 80,
    rows: 24,
  };
  expect((await first.openTerminal(terminal)).ok).toBe(true);
  await first[Symbol.asyncDispose]();

  const again = await connectDaemon({ stateDir: dir.path });
  expect(again?.instance).toBe(instance);
  await again?.killTerminal("trm_idle");
  await again?.[Symbol.asyncDispose]();
  await endOf(dir.path, instance);
  expect(await connectDaemon({ stateDir: dir.path })).toBe(null);
});
