import path from "node:path";
import { expect, test } from "vitest";
import { endLeftovers, findLeftovers } from "./client.ts";
import { bash, testDaemon } from "./testing/test-daemon.ts";

/** A shell's line that leaves a sleep running, and goes on when that is what it is: by then neither bash nor setsid. */
const away = (seconds: number): string =>
  `setsid sleep ${seconds} & until [ "$(tr '\\0' ' ' </proc/$!/cmdline)" = 'sleep ${seconds} ' ]; do :; done`;

const env = { PATH: process.env["PATH"] ?? "" };
const terminal = (id: string, script: string) => ({
  ...{ id, session: "s", argv: ["bash", "-c", script], cwd: "/tmp", env, cols: 80, rows: 24 },
});

test("what a shell leaves running when it ends is listed, not ended, until somebody asks for that", async () => {
  await using daemon = await testDaemon();
  const client = await daemon.client();
  const up = path.join(daemon.stateDir, "up");
  await client.openTerminal(terminal("running", `${away(1003)}; touch '${up}'; read`));
  const untilUp = `until [ -e '${up}' ]; do sleep 0.01; done`;
  await client.openTerminal(terminal("ended", `${away(1001)}; ${away(1002)}; ${untilUp}`));
  const running = bash("", { argv: ["sleep", "1004"] });
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
  // The shell itself ends with its terminal, by itself.
  let left = await findLeftovers(daemon);
  while (left.some(({ command }) => command.startsWith("bash"))) left = await findLeftovers(daemon);
  expect(left.map(({ command }) => command)).toEqual(["sleep 1003"]);
  expect(await endLeftovers(daemon, left)).toEqual([]);
});

test("what a shell left running outlives the daemon, too, and ends when its terminal is closed", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  const id = `left-${process.pid}`;
  await first.openTerminal(terminal(id, away(1005)));
  await first.terminalExited(id);
  // As it ends by itself, which takes a minute.
  process.kill(first.pid, "SIGTERM");
  await first.closed;
  const left = await findLeftovers(daemon);
  const next = await daemon.client();
  await next.killTerminal(id);
  expect(left.map(({ command }) => command)).toEqual(["sleep 1005"]);
  expect(await findLeftovers(daemon)).toEqual([]);
});

test("closing a terminal leaves a daemon that was started in it alone, and what that runs", async () => {
  await using daemon = await testDaemon();
  await using within = await testDaemon();
  const client = await daemon.client();
  const id = `within-${process.pid}`;
  const spec = bash("read");
  const host = [process.execPath, path.join(import.meta.dirname, "testing/host.ts")];
  const script = `'${host.join("' '")}' '${within.stateDir}' '${JSON.stringify(spec)}'; read`;
  await client.openTerminal(terminal(id, script));
  const started = Promise.withResolvers<void>();
  let text = "";
  const show = (more: string): void => {
    text += more;
    if (text.includes("started")) started.resolve();
  };
  await client.attachTerminal(id, {
    onScreen: (screen) => show(screen.text),
    onOutput: (bytes) => show(Buffer.from(bytes).toString()),
  });
  await started.promise;
  await client.killTerminal(id);
  const kept = await within.client();
  expect(await kept.state(spec.id)).toMatchObject({ exit: null });
});
