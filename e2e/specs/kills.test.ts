/** kill -9 of each process in the middle of a command. The log, the files and what goes on are all that is left. */
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { connect, connectOrStart } from "#app/cli/connect.ts";
import { openSource } from "#app/cli/source.ts";
import { say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { daemonFolder } from "#main/daemon/endpoint.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { openLog } from "#main/storage/log.ts";
import { isKnown } from "#shared/session/events.ts";
import type { Event, UnknownEvent } from "#shared/session/events.ts";
import { createOriel } from "../driver/oriel.ts";
import type { RunningCommandLine, TestOriel } from "../driver/oriel.ts";
import { processesWith } from "../driver/processes.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";

/** A loop of its own kind, so that it can be found among all processes. */
const GATED =
  "echo one >> effects.txt; until [ -e gate-of-kills ]; do sleep 0.0213; done; echo two >> effects.txt; echo result";

interface Scene extends AsyncDisposable {
  readonly oriel: TestOriel;
  readonly ran: RunningCommandLine;
  readonly session: string;
  /** Lets the command end. */
  open(): Promise<void>;
  effects(): Promise<string>;
  /** All events of the session, as the reading verbs see them. */
  log(): Promise<readonly UnknownEvent[]>;
  /** Resolves when the session's turn number `turns` has ended, with how. */
  ended(turns: number): Promise<UnknownEvent>;
}

/** A session in the middle of a command that waits. */
async function inMidCommand(...flags: string[]): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const steps = [shellCall(GATED), shellCall("echo three >> effects.txt"), say("All done.")];
  const server = stack.use(await startModelServer([{ match: "", steps, by: "conversation" }]));
  const oriel = stack.use(await createOriel({ OPENAI_BASE_URL: server.url }));
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const ran = oriel.start("run", "--project", project, "--task", "work", ...flags, "--json");
  const ready = await ran.event((event) => event.type === "worktree.ready");
  const worktree = isKnown(ready) && ready.type === "worktree.ready" ? ready.body.path : "";
  const session = ready.stream.slice("session/".length);
  const effects = () => readFile(path.join(worktree, "effects.txt"), "utf8").catch(() => "");
  await until(async () => (await effects()) || null);

  const log = async () => {
    await using source = await openSource(oriel.dataDir);
    const events: UnknownEvent[] = [];
    for await (const event of source.events(session, 0)) events.push(event);
    return events;
  };
  const owned = stack.move();
  return {
    oriel,
    ran,
    session,
    effects,
    log,
    open: () => writeFile(path.join(worktree, "gate-of-kills"), ""),
    async ended(turns) {
      await using stored = await openLog({ dir: dataDir(oriel.dataDir).state, readOnly: true });
      return await until(async () => {
        const ends = (await stored.readStream(ready.stream, 0, 10_000)).filter((event) =>
          /^turn\.(completed|interrupted|failed)$/.test(event.type),
        );
        return ends[turns - 1] ?? null;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const commandsIn = (events: readonly UnknownEvent[]) =>
  events.filter(isKnown).flatMap((event: Event) =>
    event.type === "item.completed" && event.body.content.kind === "command"
      ? [
          {
            status: event.body.status,
            exitCode: event.body.content.exitCode,
            output: event.body.content.output?.head,
          },
        ]
      : [],
  );

const summary = z.looseObject({ state: z.string(), turns: z.number() });
const stateOf = async ({ oriel, session }: Scene) =>
  summary.parse(JSON.parse((await oriel.run("show", session, "--json")).stdout)).state;

test("the host: the command goes on, the turn is interrupted, and goes on with the command's result", async () => {
  await using scene = await inMidCommand();
  await scene.oriel.killHost();
  const interrupted = await scene.ran.event((event) => event.type === "turn.interrupted");
  expect(interrupted.body).toMatchObject({
    reason: "host_ended",
    text: expect.stringMatching(/echo one.* was still running; its result is at its row/),
  });
  // The host that takes the command's result stays while somebody is connected.
  using here = await connect(scene.oriel.dataDir);
  expect(here).not.toBeNull();
  expect((await scene.ran.finished).exitCode).toBe(3);
  expect(await stateOf(scene)).toBe("needs_you");

  await scene.open();
  await until(async () => (commandsIn(await scene.log()).length > 0 ? true : null));
  const finished = { status: "completed", exitCode: 0, output: "result\n" };
  expect(commandsIn(await scene.log())).toEqual([finished]);
  expect((await scene.oriel.run("continue", scene.session)).exitCode).toBe(0);
  expect((await scene.ended(2)).type).toBe("turn.completed");
  const log = await scene.log();
  expect(commandsIn(log)).toEqual([finished, { status: "completed", exitCode: 0, output: "" }]);
  expect(await scene.effects()).toBe("one\ntwo\nthree\n");
  expect(await stateOf(scene)).toBe("ready");
  // What was printed is in the log, as it was printed.
  expect(log.slice(0, scene.ran.events.length)).toEqual(scene.ran.events);
});

/** Nobody else sleeps so. */
const LOOP = "sleep 0.0213";

for (const sandbox of ["workspace-write", "full-access"]) {
  test(`the daemon (${sandbox}): the agent is told that the end is not known, nothing runs on, and a new daemon takes over`, async () => {
    await using scene = await inMidCommand("--sandbox", sandbox, "--approval", "never");
    await scene.oriel.killDaemon();
    expect(await scene.ran.finished).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await scene.effects()).toBe("one\nthree\n");
    expect(commandsIn(scene.ran.events)).toMatchObject([
      { status: "failed" },
      { status: "completed", exitCode: 0 },
    ]);
    const lost = scene.ran.events.find((event) => JSON.stringify(event.body).includes("command_lost"));
    expect(lost?.body).toMatchObject({
      failure: { message: expect.stringContaining("is not known") },
      model: [{ output: expect.stringContaining("is not known") }],
    });
    await scene.open();
    await until(() =>
      processesWith(scene.oriel.root).some(({ line }) => line.includes("effects.txt")) ? null : true,
    );
    expect(await scene.effects()).toBe("one\nthree\n");
  });
}

for (const sandbox of ["workspace-write", "full-access"]) {
  test(`host and daemon (${sandbox}): the turn is interrupted, says that the end is not known, and goes on when it is continued`, async () => {
    await using scene = await inMidCommand("--sandbox", sandbox, "--approval", "never");
    await Promise.all([scene.oriel.killDaemon(), scene.oriel.killHost()]);
    const { exitCode } = await scene.ran.finished;
    // Nobody knows its end, so it must not go on either.
    expect(processesWith(LOOP)).toEqual([]);
    await scene.open();
    const interrupted = scene.ran.events.find((event) => event.type === "turn.interrupted");
    expect({ exitCode, body: interrupted?.body }).toMatchObject({
      exitCode: 3,
      body: { reason: "host_ended", text: expect.stringMatching(/How far .*echo one.* got is not known/) },
    });
    expect((await scene.oriel.run("continue", scene.session)).exitCode).toBe(0);
    expect((await scene.ended(2)).type).toBe("turn.completed");
    expect(await scene.effects()).toBe("one\nthree\n");
    expect((await scene.log()).slice(0, scene.ran.events.length)).toEqual(scene.ran.events);
  });
}

test("the command itself: the session goes on without it", async () => {
  await using scene = await inMidCommand();
  scene.ran.process.kill("SIGKILL");
  await scene.ran.finished;
  await scene.open();
  expect((await scene.ended(1)).type).toBe("turn.completed");
  expect(await scene.effects()).toBe("one\ntwo\nthree\n");
  expect((await scene.log()).slice(0, scene.ran.events.length)).toEqual(scene.ran.events);
});

test("command and host: until the next host nothing claims to run, and reading settles nothing", async () => {
  await using scene = await inMidCommand();
  scene.ran.process.kill("SIGKILL");
  await scene.ran.finished;
  await scene.oriel.killHost();
  const before = await scene.log();
  const shown = await scene.oriel.run("show", scene.session);
  expect(shown.stdout).toMatch(/Needs you[^]*Oriel ended in the middle of this turn\./);
  expect((await scene.oriel.run("sessions")).stdout).toContain("Needs you");
  expect(await scene.log()).toEqual(before);
});

test.each([
  { since: "", daemonDies: false },
  { since: ", also when its daemon has gone since", daemonDies: true },
])(
  "a command that ended while neither host nor command line ran has its exit code and output waiting$since",
  async ({ daemonDies }) => {
    await using scene = await inMidCommand();
    scene.ran.process.kill("SIGKILL");
    await scene.ran.finished;
    await scene.oriel.killHost();
    await scene.open();
    {
      await using daemon = await connectDaemon({ stateDir: dataDir(scene.oriel.dataDir).state });
      const [command] = (await daemon?.list()) ?? [];
      expect(await daemon?.exited(command?.id ?? "")).toMatchObject({ exitCode: 0 });
    }
    expect(await scene.effects()).toBe("one\ntwo\n");
    expect(commandsIn(await scene.log())).toEqual([]);
    if (daemonDies) {
      const results = path.join(daemonFolder(dataDir(scene.oriel.dataDir).state), "results");
      await until(async () => {
        const files = await readdir(results, { recursive: true });
        return files.some((file) => file.endsWith(".result")) ? true : null;
      });
      await scene.oriel.killDaemon();
    }

    const env = { PATH: process.env["PATH"], HOME: scene.oriel.root };
    using _host = await connectOrStart(scene.oriel.dataDir, env, scene.oriel.runtime);
    expect((await scene.ended(1)).body).toMatchObject({
      reason: "host_ended",
      text: expect.stringMatching(/echo one.* ended meanwhile with exit code 0; its output is attached\./),
    });
    const finished = { status: "completed", exitCode: 0, output: "result\n" };
    expect(commandsIn(await scene.log())).toEqual([finished]);
    expect(await stateOf(scene)).toBe("needs_you");
    expect((await scene.oriel.run("continue", scene.session)).exitCode).toBe(0);
    expect((await scene.ended(2)).type).toBe("turn.completed");
    expect(await scene.effects()).toBe("one\ntwo\nthree\n");
  },
);
