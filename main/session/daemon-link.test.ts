import { expect, test } from "vitest";
import { daemonFolder, makePrivateFolder, runtimeFolder, takeEndpoint } from "#main/daemon/endpoint.ts";
import { encodeControl } from "#main/daemon/protocol.ts";
import { ENTRY, bash, testDaemon } from "#main/daemon/testing/test-daemon.ts";
import { openLog } from "#main/storage/log.ts";
import { ok } from "#shared/kernel/failure.ts";
import { createDaemonLink } from "./daemon-link.ts";
import { createRecord } from "./record.ts";
import { countRunning } from "./stop-all.ts";
import { createTerminals } from "./terminals.ts";
import { createWorld } from "./testing/world.ts";
import type { World } from "./testing/world.ts";

test("a daemon that has stopped answering keeps nobody, and has what it had when it goes on", async () => {
  await using running = await testDaemon();
  const { stateDir } = running;
  const daemon = await running.client();
  const command = bash("sleep 4324.1", { session: "ses_one" });
  await daemon.start(command);
  await using link = createDaemonLink({ stateDir, entry: ENTRY, version: "test", answerMs: 100 });
  const client = await link.existing();
  const terminals = createTerminals({
    link,
    env: {},
    session: (id) => ok({ id, worktree: "/", trash: null }),
  });
  const nobody = () => Promise.reject(new Error("there is no session"));
  const sessions = { list: () => [], stop: nobody, settleAll: nobody };
  process.kill(daemon.pid, "SIGSTOP");
  try {
    const silent = { failure: { code: "daemon_unavailable" } };
    await expect(terminals.endAll("ses_one")).rejects.toMatchObject(silent);
    await expect(countRunning({ stateDir, link, sessions })).rejects.toMatchObject(silent);
    await expect(client?.state(command.id)).rejects.toMatchObject(silent);
    await expect(client?.killTerminal("trm_none")).rejects.toMatchObject({
      failure: { ...silent.failure, kept: expect.stringContaining("may be ended when it goes on") },
    });
  } finally {
    process.kill(daemon.pid, "SIGCONT");
  }
  expect(await daemon.list()).toMatchObject([{ id: command.id, exit: null }]);
});

/** Sessions whose host has gone in the middle of their turns. */
async function cutOff({ dir, project }: World, ids: readonly string[]): Promise<void> {
  await using log = await openLog({ dir: dir.state });
  const texts = { title: "X", task: "X", slug: "x", agent: "oriel", provider: "openai", model: "m" };
  const policy = { approval: "never", sandbox: "workspace-write", parent: null, origin: "person" } as const;
  const roots = [{ project, base: "main", commit: "0", branch: "oriel/x" }];
  for (const id of ids) {
    const record = createRecord({ log, now: () => 0, id });
    await record.append("session.created", { ...texts, ...policy, roots });
    await record.append("turn.started", { turn: "trn_1", reason: "task", sandboxed: true });
  }
}

test("a host that starts waits once for a daemon that does not answer, however many sessions were cut off", async () => {
  await using world = await createWorld([]);
  const ids = ["ses_one", "ses_two", "ses_three"];
  await cutOff(world, ids);
  const folder = runtimeFolder(world.dir.state);
  for (const made of [daemonFolder(world.dir.state), folder]) makePrivateFolder(made);
  await using endpoint = await takeEndpoint(folder, "test");
  let asked = 0;
  // At once, in place of the time that a silent one takes.
  const failure = { code: "daemon_unavailable", message: "It does not answer." };
  endpoint?.serve((socket) => {
    asked += 1;
    socket.resume().on("error", () => undefined);
    socket.write(encodeControl({ type: "refused", failure }));
  });
  await using host = await world.start();
  expect(asked).toBe(1);
  const turns = await Promise.all(ids.map(async (id) => (await host.summary(id)).turn?.status));
  expect(turns).toEqual(["interrupted", "interrupted", "interrupted"]);
});
