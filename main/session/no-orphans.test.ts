import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { Script } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { daemonFolder } from "#main/daemon/endpoint.ts";
import { findLeftovers } from "#main/daemon/leftovers.ts";
import { openLog } from "#main/storage/log.ts";
import { FailureError, failureOf } from "#shared/kernel/failure.ts";
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

const SCRIPT: Script = [
  { match: "Serve", steps: [SERVER, say("Done.")] },
  { match: "Wait", steps: [shellCall("sleep 4321.4"), say("Done.")] },
  { match: "", steps: [say("Done.")] },
];

/** A session whose shell has started a server; told to serve, its agent has left one running too. */
async function withServers(host: TestHost, task: "Serve" | "Look"): Promise<string> {
  const session = await host.create({ task, approval: "never", sandbox: "full-access" });
  await host.until(session, isOver);
  const { services, terminals } = host.host;
  const { id } = valueOf(await services.terminals.open({ session, ...SIZE }));
  const terminal = valueOf(await terminals.attach(id));
  const all = Promise.withResolvers<void>();
  let shown = "";
  const end = await terminal.view({
    onScreen: () => undefined,
    onOutput: (bytes) => {
      shown += Buffer.from(bytes).toString();
      if (shown.includes("all run")) all.resolve();
    },
  });
  const files = task === "Serve" ? "-e of-shell -a -s server" : "-e of-shell";
  const until = `until [ ${files} ]; do sleep 0.05; done`;
  await terminal.write(`setsid sh -c ': > of-shell; exec sleep 4321.3' & ${until}; echo all r''un\n`);
  await all.promise;
  end();
  return session;
}

/** Which of the servers are left over, by the number that each has in its command line. */
const servers = async ({ dir }: World): Promise<string[]> => {
  const left = (await findLeftovers({ stateDir: dir.state })).flatMap(({ kind, command }) => {
    const number = /4321\.\d/.exec(command)?.[0];
    return number === undefined ? [] : [`${kind} ${number}`];
  });
  return [...new Set(left)].toSorted();
};

const savedScreens = async ({ dir }: World): Promise<string[]> =>
  (await readdir(path.join(daemonFolder(dir.state), "terminals"), { recursive: true })).filter((name) =>
    name.endsWith(".terminal"),
  );

test("archiving ends the servers of a session's shell and command, also after their daemon died", async () => {
  await using world = await createWorld(SCRIPT);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const first = await withServers(host, "Serve");
  valueOf(await sessions.archive({ session: first }));
  expect({ left: await servers(world), screens: await savedScreens(world) }).toEqual({
    left: [],
    screens: [],
  });

  const second = await withServers(host, "Look");
  // Whose it is, only the saved screen says.
  await vi.waitUntil(async () => (await savedScreens(world)).length === 1, { timeout: 30_000 });
  const daemon = await connectDaemon({ stateDir: world.dir.state });
  process.kill(daemon!.pid, "SIGKILL");
  await daemon!.closed;
  expect(await servers(world)).toEqual(["terminal 4321.3"]);
  valueOf(await sessions.archive({ session: second }));
  expect({ left: await servers(world), screens: await savedScreens(world) }).toEqual({
    left: [],
    screens: [],
  });
});

test("everything is stopped while the host stays, and work goes on after it", async () => {
  await using world = await createWorld(SCRIPT);
  await using host = await world.start();
  const { services } = host.host;
  expect(valueOf(await services.host.running({}))).toEqual({ turns: 0, shells: 0, commands: 0 });
  const session = await withServers(host, "Serve");
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

test("on a full disk everything is stopped too, and the host ends", async () => {
  await using world = await createWorld(SCRIPT);
  const full = { code: "disk_full", message: "The disk is full.", hint: "Free some space." };
  let isFull = false;
  let quits = 0;
  await using host = await world.start({
    open: async (options) => {
      const log = await openLog(options);
      return {
        ...log,
        append: (drafts) => (isFull ? Promise.reject(new FailureError(full)) : log.append(drafts)),
      };
    },
    quit: () => (quits += 1),
    // Also that a turn's end could not be written.
    report: (error) => expect(failureOf(error)).toEqual(full),
  });
  const { services } = host.host;
  await withServers(host, "Look");
  await host.create({ task: "Wait", approval: "never", sandbox: "full-access" });
  await vi.waitUntil(async () => valueOf(await services.host.running({})).commands === 1, {
    timeout: 30_000,
  });
  isFull = true;
  expect(await services.host.stopAll({ quit: true })).toMatchObject({
    ok: false,
    failure: { ...full, message: expect.stringMatching(/^All that ran was ended, .* The disk is full\.$/) },
  });
  expect({
    quits,
    left: await servers(world),
    daemon: await connectDaemon({ stateDir: world.dir.state }),
  }).toEqual({ quits: 1, left: [], daemon: null });
});
