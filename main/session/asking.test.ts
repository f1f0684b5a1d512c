import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { DAEMON_ENTRY } from "#main/host.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import { newId } from "#shared/kernel/ids.ts";
import { asking } from "./asking.ts";
import { createDaemonLink } from "./daemon-link.ts";
import type { DaemonLink } from "./daemon-link.ts";

/** A daemon of its own, ended with all that it runs. */
async function daemonBench() {
  const dir = await tempDir();
  const linkOf = (version = "test"): DaemonLink =>
    createDaemonLink({ stateDir: dir.path, entry: DAEMON_ENTRY, version });
  const link = linkOf();
  const start = async (line: string): Promise<string> => {
    const id = newId("cmd");
    const daemon = await link.daemon();
    const argv = ["/bin/sh", "-c", line];
    const spec = { id, session: "ses_a", argv, cwd: dir.path, env: {}, keepBytes: 1000, input: true };
    expect(await daemon.start(spec)).toMatchObject({ ok: true });
    return id;
  };
  return {
    link,
    linkOf,
    start,
    [Symbol.asyncDispose]: async () => {
      await using other = linkOf();
      const daemon = await other.existing();
      await daemon?.shutdown();
      await daemon?.closed;
      await link[Symbol.asyncDispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}
const running = new AbortController().signal;

test("a command of the same daemon goes on over a lost connection, its output too", async () => {
  await using bench = await daemonBench();
  const id = await bench.start("read line; echo got $line");
  const first = await bench.link.daemon();
  const asked = asking(id, () => bench.link.daemon(), first, running);
  const output = Promise.withResolvers<string>();
  const unfollow = asked.follow((daemon) =>
    daemon.watch(id, (bytes) => output.resolve(Buffer.from(bytes).toString())),
  );
  const exit = asked.ask((daemon) => daemon.exited(id));
  await first[Symbol.asyncDispose]();
  await expect(asked.ask((daemon) => daemon.state(id))).resolves.toMatchObject({ exit: null });
  await asked.ask((daemon) => daemon.write(id, "it\n"), false);
  expect(await exit).toMatchObject({ exitCode: 0 });
  expect(await output.promise).toBe("got it\n");
  unfollow();
});

test("a command of an older daemon goes on where the newer one dies beside it", async () => {
  await using bench = await daemonBench();
  const id = await bench.start("read line; echo got $line");
  await using upgraded = bench.linkOf("newer");
  const first = await upgraded.daemon();
  expect(first.version).toBe("newer");
  const asked = asking(id, () => upgraded.daemon(), first, running);
  const exit = asked.ask((daemon) => daemon.exited(id));
  process.kill(first.pid, "SIGKILL");
  await first.closed;
  await asked.ask((daemon) => daemon.write(id, "it\n"));
  expect(await exit).toMatchObject({ exitCode: 0 });
  await (await upgraded.existing())?.shutdown();
});

test("a command of a daemon that is gone is lost", async () => {
  await using bench = await daemonBench();
  const id = await bench.start("read line");
  const first = await bench.link.daemon();
  const asked = asking(id, () => bench.link.daemon(), first, running);
  const exit = asked.ask((daemon) => daemon.exited(id)).catch((error: unknown) => error);
  process.kill(first.pid, "SIGKILL");
  expect(await exit).toMatchObject({ failure: { code: "command_lost" } });
});

test.each([
  ["a daemon that lives and is not reached is not lost", (pid: number) => pid, "daemon_silent"],
  ["a daemon that can't be started again is", () => spawnSync("true").pid, "command_lost"],
])("a command of %s", async (_, pidOf, code) => {
  await using bench = await daemonBench();
  const id = await bench.start("read line");
  const first = await bench.link.daemon();
  const unavailable = new FailureError({ code: "daemon_unavailable", message: "It does not answer." });
  const asked = asking(id, () => Promise.reject(unavailable), { ...first, pid: pidOf(first.pid) }, running);
  const exit = asked.ask((daemon) => daemon.exited(id)).catch((error: unknown) => error);
  await first[Symbol.asyncDispose]();
  expect(await exit).toMatchObject({ failure: { code } });
});

test("what the daemon would not take is refused, and nobody's connection is lost", async () => {
  await using bench = await daemonBench();
  const id = await bench.start("read line");
  const daemon = await bench.link.daemon();
  const exit = daemon.exited(id);
  await expect(daemon.write(id, "x".repeat(5_000_000))).rejects.toMatchObject({
    failure: { code: "too_large" },
  });
  await daemon.kill(id);
  expect(await exit).toMatchObject({ exitCode: null });
});
