/** Nothing that Oriel has started outlives the wish to end it: `stop --all`, `doctor --end`. */
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { connect } from "#app/cli/connect.ts";
import { openSource } from "#app/cli/source.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { testDaemon } from "#main/daemon/testing/test-daemon.ts";
import { isKnown } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { createOriel } from "../driver/oriel.ts";
import { processesOf } from "../driver/processes.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { connectWeb, openWeb, viewTerminal } from "../driver/web.ts";

/** A dev server that an agent has left running, as its own session leader. */
const SERVER = call("shell", {
  command: "echo started; setsid sleep 4322.1; echo ended",
  cwd: null,
  yield_ms: 1,
  stdin: null,
  escalate: null,
});
const WAIT = "echo waits > waits.txt; sleep 4322.2";

/** A session in the middle of a command, with a server beside it, and a shell that has started one more. */
async function atWork() {
  const owned = new AsyncDisposableStack();
  const steps = [SERVER, shellCall(WAIT), say("All done.")];
  const server = owned.use(await startModelServer([{ match: "", steps, by: "conversation" }]));
  const oriel = owned.use(await createOriel({ OPENAI_BASE_URL: server.url }));
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const env = { HOME: oriel.root, SHELL: "/bin/bash", PS1: "$ ", OPENAI_BASE_URL: server.url };
  const address = await openWeb(oriel, env);
  const { client } = owned.use(await connectWeb(address));
  const { sessions } = await client.sessions.create({
    project,
    sessions: [{ task: "Serve", approval: "never", sandbox: "full-access" }],
  });
  const session = sessions[0]?.id ?? "";
  await until(async () => (await client.sessions.get({ session })).worktree);
  const { id } = await client.terminals.open({ session, cols: 80, rows: 24 });
  const view = owned.use(await viewTerminal(address, id));
  view.type("setsid sleep 4322.3 & until [ -e waits.txt ]; do sleep 0.05; done; echo shell-$$-$((6 * 7))\n");
  await view.until(({ text }) => /shell-\d+-42/.test(text));
  const shell = Number(/shell-(\d+)-42/.exec(view.text)?.[1]);
  // Each is in its own session only when it is the program that it is named after.
  await until(() => (sleeps(oriel.root).length === 3 ? true : null));
  return { oriel, client, env, session, shell, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

const sleeps = (root: string): string[] =>
  processesOf(root)
    .flatMap(({ line }) => /^sleep [\d.]+/.exec(line)?.[0] ?? [])
    .toSorted();

const shown = z.looseObject({
  state: z.string(),
  turn: z.looseObject({ status: z.string(), reason: z.string() }),
});

async function commandsOf(dataDir: string, session: string): Promise<unknown[]> {
  await using source = await openSource(dataDir);
  const events: UnknownEvent[] = [];
  for await (const event of source.events(session, 0)) events.push(event);
  return events
    .filter(isKnown)
    .flatMap((event) =>
      event.type === "item.completed" && event.body.content.kind === "command"
        ? [[event.body.content.command, event.body.status, event.body.content.signal]]
        : [],
    );
}

test("stop --all: every process ends, the host and the daemon too, and the session can be continued", async () => {
  await using at = await atWork();
  const { oriel, session } = at;
  expect(sleeps(oriel.root)).toEqual(["sleep 4322.1", "sleep 4322.2", "sleep 4322.3"]);
  expect(await at.client.host.running()).toEqual({ turns: 1, shells: 1, commands: 2 });

  expect(await oriel.run("stop", session, "--all")).toMatchObject({ exitCode: 2 });
  expect(await oriel.run("stop", "--all")).toEqual({
    exitCode: 0,
    stdout: "Ended: 1 turn, 1 shell and 2 commands.\n",
    stderr: "",
  });
  await until(() => (processesOf(oriel.root).length === 0 ? true : null));

  const { stdout } = await oriel.run("show", session, "--json");
  expect(shown.parse(JSON.parse(stdout))).toMatchObject({
    state: "needs_you",
    turn: { status: "interrupted", reason: "stopped" },
  });
  expect(await commandsOf(oriel.dataDir, session)).toContainEqual([WAIT, "interrupted", "SIGTERM"]);
  // Its terminals are closed, and what they showed is forgotten.
  const saved = await readdir(path.join(oriel.dataDir, "state"), { recursive: true });
  expect(saved.filter((name) => name.endsWith(".terminal"))).toEqual([]);
  expect((await oriel.run("continue", session)).exitCode).toBe(0);
});

test("stop --all where the host is gone: what outlived it ends, and its end is in the log", async () => {
  await using at = await atWork();
  const { oriel, session } = at;
  await oriel.killHost();
  expect(await oriel.run("stop", "--all", "--json")).toEqual({
    exitCode: 0,
    stdout: `${JSON.stringify({ turns: 0, shells: 1, commands: 2, stayed: [] })}\n`,
    stderr: "",
  });
  await until(() => (processesOf(oriel.root).length === 0 ? true : null));
  expect(await commandsOf(oriel.dataDir, session)).toContainEqual([WAIT, "failed", "SIGTERM"]);
});

test("doctor names what a shell of a dead daemon left running, and ends it when it is told to", async () => {
  await using at = await atWork();
  const { oriel } = at;
  await oriel.killDaemon();
  // The kernel hangs up on the shell; what it started in a session of its own goes on.
  await until(() => (processesOf(oriel.root).some(({ pid }) => pid === at.shell) ? null : true));
  await until(() => (sleeps(oriel.root).length === 1 ? true : null));
  const [left] = processesOf(oriel.root).filter(({ line }) => line.startsWith("sleep"));
  const named = await oriel.run("doctor");
  expect(named.stdout).toContain(
    `– left     1 process is left over:\n           ${left?.pid} sleep 4322.3\n`,
  );
  expect(sleeps(oriel.root)).toEqual(["sleep 4322.3"]);
  const ended = await oriel.run("doctor", "--end");
  expect(ended.stdout).toContain(
    `✓ left     ended what was left over:\n           ${left?.pid} sleep 4322.3\n`,
  );
  expect(sleeps(oriel.root)).toEqual([]);
  expect((await oriel.run("doctor")).stdout).toContain("✓ left     no process is left over\n");
});

const COMMAND = fileURLToPath(new URL("../../app/cli/main.ts", import.meta.url));
const MARKED = /^(ORIEL_\w+)=/;

test.each([
  ["a verb, which has ended", "terminals", "No terminal is open."],
  ["`start`, which stays", "start --no-open", "Oriel is ready at"],
])("closing the terminal in which a host was started leaves the host alone: by %s", async (_, line, said) => {
  await using running = await testDaemon();
  await using oriel = await createOriel();
  const daemon = await running.client();
  const id = "trm_starts";
  const env = { PATH: process.env["PATH"] ?? "", HOME: oriel.root, TERM: "xterm-256color" };
  const shell = { session: "ses_one", argv: ["/bin/bash"], cwd: oriel.root, env, cols: 200, rows: 20 };
  await daemon.openTerminal({ id, ...shell });
  const serves = Promise.withResolvers<void>();
  let shown = "";
  await daemon.attachTerminal(id, {
    onScreen: () => undefined,
    onOutput: (bytes) => {
      shown += Buffer.from(bytes).toString();
      if (shown.includes(said)) serves.resolve();
    },
  });
  await daemon.writeTerminal(id, `${process.execPath} ${COMMAND} ${line} --data-dir ${oriel.dataDir}\n`);
  await serves.promise;
  using here = await connect(oriel.dataDir);
  const pid = (await here?.client.host.info())?.pid;
  const environment = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0");
  expect(environment.flatMap((word) => MARKED.exec(word)?.[1] ?? [])).toEqual(["ORIEL_KEEPS"]);
  await daemon.killTerminal(id);
  expect(await oriel.hostPid()).toBe(pid);
});
