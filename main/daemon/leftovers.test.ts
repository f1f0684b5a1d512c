import { expect, test } from "vitest";
import { endLeftovers, findLeftovers } from "./client.ts";
import { bash, testDaemon } from "./testing/test-daemon.ts";

test("what a shell leaves running when it ends is listed, not ended, until somebody asks for that", async () => {
  await using daemon = await testDaemon();
  const client = await daemon.client();
  const env = { PATH: process.env["PATH"] ?? "" };
  const terminal = (id: string, script: string) => ({
    ...{ id, session: "s", argv: ["bash", "-c", script], cwd: "/tmp", env, cols: 80, rows: 24 },
  });
  await client.openTerminal(terminal("ended", "setsid sleep 1001 & setsid sleep 1002 & sleep 0"));
  await client.openTerminal(terminal("running", "setsid sleep 1003 & read"));
  const running = bash("sleep 1004");
  await client.start(running);
  await client.terminalExited("ended");

  const found = await findLeftovers(daemon);
  expect(
    found.map(({ pid: _, ...rest }) => rest).toSorted((a, b) => a.command.localeCompare(b.command)),
  ).toEqual([
    { command: "sleep 1001", kind: "terminal", id: "ended" },
    { command: "sleep 1002", kind: "terminal", id: "ended" },
  ]);
  expect(await endLeftovers(daemon, found)).toEqual([]);
  expect(await findLeftovers(daemon)).toEqual([]);
  expect((await client.state(running.id))?.exit).toBeNull();

  // Of a daemon that was killed: the next one ends its commands, and leaves what its shells left.
  process.kill(client.pid, "SIGKILL");
  await client.closed;
  expect((await findLeftovers(daemon)).map(({ command }) => command)).toEqual(
    expect.arrayContaining(["sleep 1003", "sleep 1004"]),
  );
  await daemon.client();
  const left = await findLeftovers(daemon);
  expect(left.map(({ command }) => command)).toEqual(["sleep 1003"]);
  expect(await endLeftovers(daemon, left)).toEqual([]);
});
