import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import type { DaemonClient } from "./client.ts";
import { daemonFolder, tagOf } from "./endpoint.ts";
import { savedResult } from "./testing/saved-result.ts";
import { bash, outputOf, testDaemon } from "./testing/test-daemon.ts";

const folderOf = (stateDir: string, version = "test"): string =>
  path.join(daemonFolder(stateDir), "results", tagOf(version));

async function kill(client: DaemonClient): Promise<void> {
  process.kill(client.pid, "SIGKILL");
  await client.closed;
}

/** A command that goes on until `file` is there. */
const waiting = (file: string, script: string, keepBytes: number) =>
  bash(`until [ -e '${file}' ]; do sleep 0.01; done; ${script}`, { keepBytes });

test("a command that ended while nobody was there has its exit and output waiting, whatever became of its daemon", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  const { pid } = first;
  const go = path.join(daemon.stateDir, "go");
  const spec = waiting(go, "printf 'one\\0\\xff\\n'; exit 7", 1024);
  await first.start(spec);
  await first[Symbol.asyncDispose]();
  await writeFile(go, "");
  await savedResult(daemon.stateDir);
  await mkdir(folderOf(daemon.stateDir, "older"));
  process.kill(pid, "SIGKILL");

  const next = await daemon.client();
  // All who ask at once are told: the folder has the first look wait.
  const [state, same] = await Promise.all([next.state(spec.id), next.state(spec.id)]);
  expect(same).toEqual(state);
  expect(state).toMatchObject({ id: spec.id, session: "ses_test", total: 6, exit: { exitCode: 7 } });
  expect(await next.list()).toEqual([state]);
  expect(Buffer.from((await next.read(spec.id, 0, 100)).bytes)).toEqual(Buffer.from("one\0\xff\n", "latin1"));
  expect(await next.exited(spec.id)).toEqual(state?.exit);
  expect(await next.start(spec)).toMatchObject({ ok: false, failure: { code: "exists" } });
  await next.kill(spec.id);
  await next.release(spec.id);
  expect(await next.state(spec.id)).toBeNull();
  expect(await next.list()).toEqual([]);
  await kill(next);
  expect(await (await daemon.client()).state(spec.id)).toBeNull();
});

test("of a long output the first and the last half of what was to be kept come back, and the count of all", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  const spec = bash("printf 'a%.0s' {1..50}; printf 'b%.0s' {1..1000}; printf 'c%.0s' {1..50}", {
    keepBytes: 101,
  });
  await first.start(spec);
  await first.exited(spec.id);
  const kept = async (client: DaemonClient) => ({
    state: await client.state(spec.id),
    all: await outputOf(client, spec.id),
    reads: await Promise.all(
      [0, 10, 49, 50, 600, 1050, 1099, 1100, 2000].map((at) => client.read(spec.id, at, 7)),
    ),
  });
  const before = await kept(first);
  await first[Symbol.asyncDispose]();
  await savedResult(daemon.stateDir);
  const again = await daemon.client();
  await kill(again);
  expect(await kept(await daemon.client())).toEqual(before);
});

test("a result that was fetched leaves no file, and one that can't be read is none", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  const spec = bash("true");
  await first.start(spec);
  await first.exited(spec.id);
  await first[Symbol.asyncDispose]();
  const folder = folderOf(daemon.stateDir);
  await savedResult(daemon.stateDir);
  const again = await daemon.client();
  await again.release(spec.id);
  await kill(again);
  expect(await readdir(folder)).toEqual([]);

  await writeFile(path.join(folder, "torn.result"), '{"v":1,"state":{"id":"torn"');
  await writeFile(path.join(folder, "torn.result.new"), "");
  const next = await daemon.client();
  expect(await next.list()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test("results that the daemon of an earlier version left are taken over", async () => {
  await using daemon = await testDaemon();
  const older = folderOf(daemon.stateDir, "older");
  await mkdir(older, { recursive: true });
  const state = {
    ...{ id: "cmd_old", session: "ses_test", pid: 1, startedAt: Date.now(), total: 3, blocked: [] },
    exit: { exitCode: 0, signal: null, durationMs: 1, at: Date.now() },
  };
  await writeFile(path.join(older, "x.result"), `${JSON.stringify({ v: 1, state })}\nold`);
  const client = await daemon.client();
  expect(await client.list()).toEqual([state]);
  expect(await outputOf(client, "cmd_old")).toBe("old");
});
