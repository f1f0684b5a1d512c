import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { call, say } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { daemonFolder } from "#main/daemon/endpoint.ts";
import { findLeftovers } from "#main/daemon/leftovers.ts";
import { createWorld, isOver, valueOf } from "./testing/world.ts";
import type { TestHost, World } from "./testing/world.ts";

const SIZE = { cols: 80, rows: 24 };

/** A server that leaves its command's process group, as some do. The command stays. */
const SERVER = call("shell", {
  command: "setsid sleep 4321.1 & echo $! > server; sleep 4321.2",
  cwd: null,
  yield_ms: 1,
  stdin: null,
  escalate: null,
});

/** A session whose agent has left a server running, and whose shell has started one more. */
async function withServers(host: TestHost): Promise<string> {
  const session = await host.create({ approval: "never", sandbox: "full-access" });
  await host.until(session, isOver);
  const { services, terminals } = host.host;
  const { id } = valueOf(await services.terminals.open({ session, ...SIZE }));
  const terminal = valueOf(await terminals.attach(id));
  const both = Promise.withResolvers<void>();
  let shown = "";
  const end = await terminal.view({
    onScreen: () => undefined,
    onOutput: (bytes) => {
      shown += Buffer.from(bytes).toString();
      if (shown.includes("both run")) both.resolve();
    },
  });
  await terminal.write("setsid sleep 4321.3 & until [ -s server ]; do sleep 0.05; done; echo both r''un\n");
  await both.promise;
  end();
  return session;
}

const servers = async ({ dir }: World): Promise<string[]> =>
  (await findLeftovers({ stateDir: dir.state }))
    .map(({ kind, command }) => `${kind}: ${command}`)
    .filter((line) => line.includes(": sleep 4321"))
    .toSorted();

const savedScreens = async ({ dir }: World): Promise<string[]> =>
  (await readdir(path.join(daemonFolder(dir.state), "terminals"), { recursive: true })).filter((name) =>
    name.endsWith(".terminal"),
  );

test("archiving ends the servers of a session's shell and command, also after their daemon died", async () => {
  await using world = await createWorld([{ match: "", steps: [SERVER, say("Done.")], by: "conversation" }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const first = await withServers(host);
  valueOf(await sessions.archive({ session: first }));
  expect({ left: await servers(world), screens: await savedScreens(world) }).toEqual({
    left: [],
    screens: [],
  });

  const second = await withServers(host);
  const daemon = await connectDaemon({ stateDir: world.dir.state });
  process.kill(daemon!.pid, "SIGKILL");
  await daemon!.closed;
  // Those of a command end with its daemon; what a person started goes on until somebody ends it.
  expect(await servers(world)).toContain("terminal: sleep 4321.3");
  expect(await savedScreens(world)).toHaveLength(1);
  valueOf(await sessions.archive({ session: second }));
  expect({ left: await servers(world), screens: await savedScreens(world) }).toEqual({
    left: [],
    screens: [],
  });
});

test("everything is stopped while the host stays, and work goes on after it", async () => {
  await using world = await createWorld([{ match: "", steps: [SERVER, say("Done.")], by: "conversation" }]);
  await using host = await world.start();
  const { services } = host.host;
  expect(valueOf(await services.host.running({}))).toEqual({ turns: 0, shells: 0, commands: 0 });
  const session = await withServers(host);
  const running = { turns: 0, shells: 1, commands: 1 };
  expect(valueOf(await services.host.running({}))).toEqual(running);
  expect(valueOf(await services.host.stopAll({ quit: false }))).toEqual({ ...running, stayed: [] });
  expect({ left: await servers(world), screens: await savedScreens(world) }).toEqual({
    left: [],
    screens: [],
  });
  expect(await connectDaemon({ stateDir: world.dir.state })).toBe(null);
  expect(valueOf(await services.terminals.list({}))).toEqual([]);
  valueOf(await services.terminals.open({ session, ...SIZE }));
  expect(valueOf(await services.host.running({}))).toEqual({ turns: 0, shells: 1, commands: 0 });
});
