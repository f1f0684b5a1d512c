/** A newer version comes to a data directory on which an earlier one runs. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, connectNewest } from "#app/cli/connect.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import type { ScriptedModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { EARLIER, earlierApp } from "../driver/earlier.ts";
import { createOriel } from "../driver/oriel.ts";
import type { TestOriel } from "../driver/oriel.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { launchBrowser } from "../driver/browser.ts";
import { builtApp, openPage, startWindow } from "../driver/window.ts";
import type { BuiltApp, StartedWindow } from "../driver/window.ts";

let owned: AsyncDisposableStack;
let newer: BuiltApp;
let earlier: string;
let model: ScriptedModelServer;
beforeAll(async () => {
  owned = new AsyncDisposableStack();
  newer = owned.use(await builtApp());
  earlier = await earlierApp(newer, owned.use(await tempDir("oriel-earlier-")).path);
  model = owned.use(
    await startModelServer([
      { match: "Wait", steps: [shellCall("until [ -e gate ]; do sleep 0.021; done"), say("Done.")] },
      { match: "", steps: [say("Done.")] },
    ]),
  );
}, 180_000);
afterAll(() => owned[Symbol.asyncDispose]());

/** The earlier version, with a window's address and no session. */
const startEarlier = (): Promise<StartedWindow> =>
  startWindow(
    { ...newer, command: earlier },
    { env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-none" } },
  );

/** What the newer version does to open a window. `command`: whose host it starts, which is its own. */
const comeOnce = (oriel: TestOriel, command = newer.command) =>
  connectNewest(
    oriel.dataDir,
    { PATH: process.env["PATH"], HOME: oriel.root, SHELL: "/bin/bash" },
    { node: process.execPath, entry: path.join(path.dirname(command), "host.js") },
  );

/** As a person who tries again: whose host comes first is a toss each time, against the earlier program. */
async function comeNewer(oriel: TestOriel) {
  for (;;) {
    const connection = await comeOnce(oriel);
    if (connection.older?.because !== "comes_back") return connection;
    connection[Symbol.dispose]();
  }
}

async function startSession(oriel: TestOriel, task: string) {
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const ran = oriel.start("run", "--project", project, "--task", task, "--json");
  return ran;
}

test("the host gives way, every shell goes on with its screen, new work is the newer daemon's, and the page says so", async () => {
  await using window = await startEarlier();
  const { oriel } = window;
  const ran = await startSession(oriel, "Say");
  await ran.finished;
  const browser = owned.use(await launchBrowser());
  await using opened = await openPage(browser, window.url);
  await opened.page.getByText("Say", { exact: true }).first().waitFor();
  const before = await oriel.hostPid();
  const { terminal, session, worktree } = await openShell(oriel);
  await using first = await daemonOf(oriel);
  expect(first.version).toBe(EARLIER);
  await first.writeTerminal(terminal, "echo one > out.txt; echo seen $((40 + 2))\r");
  const [state] = await first.listTerminals();
  const out = path.join(worktree, "out.txt");
  const written = (text: string) => async () =>
    (await readFile(out, "utf8").catch(() => "")) === text || null;
  await until(written("one\n"));

  using connection = await comeNewer(oriel);
  const { client, older } = connection;
  const { version, pid } = await client.host.info();
  expect({ older, version }).toEqual({ older: null, version: VERSION });
  expect(pid).not.toBe(before);
  const added = await client.terminals.open({ session, cols: 80, rows: 24 });
  await using second = await daemonOf(oriel);
  expect((await second.listTerminals()).map(({ id, pid: shell }) => [id, shell === state?.pid])).toEqual([
    [added.id, false],
    [terminal, true],
  ]);
  expect(await client.terminals.list({ session })).toHaveLength(2);
  const screen = Promise.withResolvers<string>();
  await second.attachTerminal(terminal, { onScreen: ({ text }) => screen.resolve(text), onOutput() {} });
  expect(await screen.promise).toContain("seen 42");
  await second.writeTerminal(terminal, "echo two >> out.txt\r");
  await until(written("one\ntwo\n"));

  // The command that stayed with the earlier host has found the newer one, at the same address.
  await opened.page.getByText("Oriel was updated while this page was open.").waitFor();
  await opened.page.getByRole("button", { name: "Reload" }).click();
  await opened.page.getByText("Say", { exact: true }).first().waitFor();
  expect(await opened.page.getByText("Oriel was updated").count()).toBe(0);
});

test("a host whose agents are at work goes on until they are done", async () => {
  await using window = await startEarlier();
  const { oriel } = window;
  const ran = await startSession(oriel, "Wait");
  const started = await ran.event(
    ({ type, body }) => type === "item.started" && JSON.stringify(body).includes("gate"),
  );
  const before = await oriel.hostPid();
  using connection = await comeNewer(oriel);
  expect(connection.older).toEqual({ version: EARLIER, because: "at_work" });
  expect(await oriel.hostPid()).toBe(before);
  const session = (await connection.client.sessions.list())[0];
  expect(started.stream).toBe(`session/${session?.id}`);
  const gate = path.join(session?.worktree ?? "", "gate");
  await writeFile(gate, "");
  expect((await ran.finished).exitCode).toBe(0);
  using again = await comeNewer(oriel);
  expect({ older: again.older, version: (await again.client.host.info()).version }).toEqual({
    older: null,
    version: VERSION,
  });
  // An earlier program leaves the newer host alone, and works with it.
  expect((await oriel.run("sessions")).stdout).toContain("Wait");
  expect(await oriel.hostPid()).toBe((await again.client.host.info()).pid);
});

test("an earlier host that comes back each time is not taken for a newer one", async () => {
  await using oriel = await createOriel({}, earlier);
  using connection = await comeOnce(oriel, earlier);
  expect(connection.older).toEqual({ version: EARLIER, because: "comes_back" });
});

/** A shell that the earlier version opened, in the only session. */
async function openShell(oriel: TestOriel): Promise<{ terminal: string; session: string; worktree: string }> {
  using connection = await connect(oriel.dataDir);
  if (connection === null) throw new Error("no host runs");
  const [session] = await connection.client.sessions.list();
  const opened = await connection.client.terminals.open({ session: session?.id ?? "", cols: 80, rows: 24 });
  return { terminal: opened.id, session: opened.session, worktree: session?.worktree ?? "" };
}

async function daemonOf(oriel: TestOriel) {
  const client = await connectDaemon({ stateDir: dataDir(oriel.dataDir).state });
  if (client === null) throw new Error("no daemon runs");
  return client;
}
