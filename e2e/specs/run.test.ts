import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { connectOrStart } from "#app/cli/connect.ts";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { DEMO_TASKS } from "#shared/agent/demo-tasks.ts";
import { createOriel } from "../driver/oriel.ts";
import { createRepository, git } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { connectWeb } from "../driver/web.ts";

const plan = (...steps: [string, string][]) =>
  call("update_plan", { explanation: null, steps: steps.map(([text, status]) => ({ text, status })) });

test("one command delegates three tasks to three sessions, each on its own branch", async () => {
  await using server = await startModelServer([
    {
      match: "task A",
      steps: [
        plan(["look", "in_progress"]),
        shellCall("cat a.txt"),
        shellCall("echo A > from-a.txt"),
        plan(["look", "completed"]),
        say("A is done."),
      ],
    },
    { match: "task B", steps: [shellCall("echo B > a.txt && git commit -qam 'B'"), say("B is done.")] },
    { match: "task C", steps: [say("Nothing to do.")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-none" });
  const project = await createRepository(path.join(oriel.root, "a project"), { "a.txt": "one\n" });
  const before = await checkoutOf(project);

  const ran = oriel.start(
    "run",
    "--project",
    project,
    "--task",
    "task A",
    "--task",
    "task B",
    "--task",
    "task C",
    "--json",
  );
  const { exitCode, stderr } = await ran.finished;

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const branches = (await git(project, "branch", "--list", "oriel/*", "--format=%(refname:short)")).split(
    "\n",
  );
  expect(branches).toEqual(["oriel/task-a", "oriel/task-b", "oriel/task-c"]);
  expect(await git(project, "show", "oriel/task-a:from-a.txt")).toBe("A");
  expect(await git(project, "show", "oriel/task-b:a.txt")).toBe("B");
  expect(await checkoutOf(project)).toEqual(before);

  const ids = ran.events.map((event) => event.id);
  expect(ids).toEqual(ids.toSorted((left, right) => left - right));
  const listed: unknown = JSON.parse((await oriel.run("sessions", "--json")).stdout);
  expect(listed).toMatchObject([
    {
      title: "task A",
      state: "ready",
      changes: { files: 1, added: 1, removed: 0 },
      plan: [{ text: "look", status: "completed" }],
    },
    { title: "task B", state: "ready", changes: { files: 1, added: 1, removed: 1 } },
    { title: "task C", state: "idle", changes: { files: 0 } },
  ]);
});

/** What of a checkout a session must never change. */
async function checkoutOf(project: string) {
  return {
    status: await git(project, "status", "--porcelain"),
    head: await git(project, "rev-parse", "HEAD"),
    branch: await git(project, "branch", "--show-current"),
    config: await readFile(path.join(project, ".git", "config"), "utf8"),
    hooks: await readdir(path.join(project, ".git", "hooks")).catch(() => []),
    files: await readdir(project),
  };
}

test("what was merged is in the base branch; what was archived comes back", async () => {
  await using server = await startModelServer([
    { match: "", steps: [shellCall("echo new > new.txt"), say("Done.")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const ran = oriel.start("run", "--project", project, "--task", "first", "--task", "second", "--json");
  expect((await ran.finished).exitCode).toBe(0);
  const [first, second] = ran.events
    .filter((event) => event.type === "session.created")
    .map((event) => event.stream.slice(8));

  const merged = await oriel.run("merge", first!);
  const tip = await git(project, "rev-parse", "main");
  expect(merged).toEqual({
    exitCode: 0,
    stdout: `Merged oriel/first into main: ${tip}\n  Its checkout moved along.\n  first (${first})\n`,
    stderr: "",
  });
  expect(JSON.parse((await oriel.run("show", first!, "--json")).stdout)).toMatchObject({
    state: "merged",
    merged: { into: "main", commit: tip },
  });
  expect(await readFile(path.join(project, "new.txt"), "utf8")).toBe("new\n");
  expect(await git(project, "status", "--porcelain")).toBe("");

  expect(JSON.parse((await oriel.run("archive", second!, "--json")).stdout)).toMatchObject({
    state: "archived",
  });
  const again = await oriel.run("continue", second!);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("The session is archived.") });
  expect(await oriel.run("purge")).toMatchObject({
    exitCode: 2,
    stdout: expect.stringMatching(new RegExp(`^${second}  .*B  second\\n$`)),
    stderr: expect.stringContaining("Say --yes."),
  });
  const restored: unknown = JSON.parse((await oriel.run("restore", second!, "--json")).stdout);
  expect(restored).toMatchObject({ state: "ready" });
  expect((await oriel.run("diff", second!)).stdout).toContain("+new");

  await oriel.run("archive", second!);
  expect(await oriel.run("purge", "--older-than", "1d", "--yes")).toMatchObject({
    exitCode: 0,
    stdout: "There is nothing to remove.\n",
  });
  // Root reads it all the same; for everybody else it can't be measured, and is removed.
  await mkdir(path.join(oriel.dataDir, "trash", second!, "worktree", "locked"), { mode: 0 });
  expect(await oriel.run("purge", "--yes")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("Removed for good: "),
  });
  expect(await oriel.run("restore", second!)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("can't be restored"),
  });
});

test("without a model nothing is started, and a script can tell that from a turn that failed", async () => {
  await using oriel = await createOriel();
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  expect(await oriel.run("run", "--project", project, "--task", "x")).toMatchObject({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringContaining("OPENAI_API_KEY"),
  });
});

test("with a window to open, the demo begins when its page has come", async () => {
  await using temp = await tempDir();
  const opened = path.join(temp.path, "opened");
  // In place of a browser: it says what it was opened with, all at once.
  const opener = `#!/bin/sh\necho "$1" > ${opened}.new && mv ${opened}.new ${opened}\n`;
  await writeFile(path.join(temp.path, "xdg-open"), opener, { mode: 0o755 });
  await using oriel = await createOriel({ DISPLAY: ":0", PATH: `${temp.path}:${process.env["PATH"]}` });
  const started = oriel.start("start", "--web", "--demo");
  const url = await until(() => readFile(opened, "utf8").catch(() => null));
  const { origin, hash } = new URL(url.trim());
  const headers = { origin, "x-oriel-ticket": hash.replace("#ticket=", "") };
  const token = await (await fetch(`${origin}/ticket`, { method: "POST", headers })).text();
  using page = await connectWeb({ origin, token });
  const read = { after: 0, waitMs: 30_000 };
  const sessions = async () =>
    (await page.client.fleet.view()).sessions.length === DEMO_TASKS.length ||
    (await page.client.log.read(read), null);
  await until(sessions);
  const { mtimeMs } = await stat(opened);
  const { sessions: all } = await page.client.fleet.view();
  expect(all.filter(({ createdAt }) => createdAt < mtimeMs)).toEqual([]);
  started.process.kill("SIGINT");
  expect((await started.finished).exitCode).toBe(0);
});

test("terminals are listed and ended by the command too", async () => {
  await using server = await startModelServer([{ match: "", steps: [say("Done.")] }]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url, SHELL: "/bin/sh" });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const ran = oriel.start("run", "--project", project, "--task", "x", "--json");
  expect((await ran.finished).exitCode).toBe(0);
  const session = ran.events.find((event) => event.type === "session.created")?.stream.slice(8) ?? "";
  using connection = await connectOrStart(oriel.dataDir, {}, oriel.runtime);
  const { id } = await connection.client.terminals.open({ session, cols: 80, rows: 24 });

  const listed = await oriel.run("terminals", session);
  expect(listed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`${id}  ${session}  open`) });
  expect(await oriel.run("terminals", "--end", "trm_nobody")).toMatchObject({ exitCode: 2 });
  expect(await oriel.run("terminals", "--end", id)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(id),
  });
  expect(JSON.parse((await oriel.run("terminals", "--json")).stdout)).toEqual([]);
});
