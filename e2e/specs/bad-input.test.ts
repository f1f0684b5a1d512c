/** Bad input through the real command: each gives a clear message, the session lives, and nothing is lost. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { z } from "zod";
import { connect } from "#app/cli/connect.ts";
import { call, say, shellCall, status } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { openChannel } from "#main/daemon/channel.ts";
import { connectEndpoint, runtimeFolder } from "#main/daemon/endpoint.ts";
import { LOG_VERSION } from "#main/storage/migrations.ts";
import { isKnown } from "#shared/session/events.ts";
import type { Event } from "#shared/session/events.ts";
import { createOriel } from "../driver/oriel.ts";
import type { TestOriel } from "../driver/oriel.ts";
import { peakMemory, processesWith } from "../driver/processes.ts";
import { createRepository, git } from "../driver/repository.ts";
import { until } from "../driver/until.ts";

/** One session for each task, in one command. Gives what was printed, by the task's first word. */
async function runTasks(oriel: TestOriel, project: string, tasks: readonly string[], ...flags: string[]) {
  const named = tasks.flatMap((task) => ["--task", task]);
  const ran = oriel.start("run", "--project", project, ...named, ...flags, "--json");
  const { exitCode, stderr } = await ran.finished;
  const events = (task: string): readonly Event[] => {
    const created = ran.events
      .filter(isKnown)
      .find((event) => event.type === "session.created" && event.body.task.startsWith(task));
    return ran.events.filter(isKnown).filter((event) => event.stream === created?.stream);
  };
  return { exitCode, stderr, events, all: ran.events };
}

const summaries = z.array(z.looseObject({ title: z.string(), state: z.string() }));

async function statesOf(oriel: TestOriel): Promise<Record<string, string>> {
  const listed = summaries.parse(JSON.parse((await oriel.run("sessions", "--json")).stdout));
  return Object.fromEntries(listed.map(({ title, state }) => [title, state]));
}

const lastOf = (events: readonly Event[]): Event | undefined =>
  events.findLast((event) => event.type.startsWith("turn."));

const commandsOf = (events: readonly Event[]) =>
  events.flatMap((event) =>
    event.type === "item.completed" && event.body.content.kind === "command" ? [event.body.content] : [],
  );

test("what a model or its server gets wrong ends in a clear state, and the sessions beside it go on", async () => {
  const huge = `huge ${"task of many words ".repeat(5400)}end`;
  await using server = await startModelServer([
    { match: "huge", steps: [say("Read it all.")] },
    { match: "garbage", steps: [say("Still here.", { fault: { kind: "garbage", beforeEvent: 1 } })] },
    {
      match: "cut",
      steps: [
        shellCall("echo cut >> effects.txt", { fault: { kind: "cut", afterEvents: 3 } }),
        shellCall("echo once >> effects.txt"),
        say("Done after the cut."),
      ],
    },
    { match: "unknown", steps: [call("launch_missiles", { at: "dawn" }), say("No such tool, then.")] },
    { match: "json", steps: [call("shell", '{"command": "echo never > bad.txt'), say("I see.")] },
    {
      match: "busy",
      steps: [
        status(429, { "retry-after-ms": "5" }),
        status(503, { "retry-after-ms": "5" }),
        say("At last."),
      ],
    },
    { match: "unauthorized", steps: [status(401)] },
    { match: "not found", steps: [status(404)] },
    { match: "outage", steps: [status(500, { "retry-after-ms": "5" })] },
    { match: "loops", steps: [shellCall("cat a.txt")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url, OPENAI_API_KEY: "sk-e2e-secret-key" });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });

  const good = ["garbage", "cut", "unknown", "json", "busy"];
  const fine = await runTasks(oriel, project, [huge, ...good]);
  expect({ exitCode: fine.exitCode, stderr: fine.stderr }).toEqual({ exitCode: 0, stderr: "" });
  for (const task of ["huge", ...good]) {
    expect({ task, end: lastOf(fine.events(task))?.type }).toEqual({ task, end: "turn.completed" });
  }
  const sent = server.requests.map((request) => JSON.stringify(request.body["input"]));
  expect(sent.some((input) => input.includes(huge))).toBe(true);
  const created = fine.events("huge")[0];
  expect(created?.type === "session.created" && created.body.title.length).toBeLessThan(80);
  // The call that was cut off in the middle never ran.
  expect(commandsOf(fine.events("cut")).map(({ command }) => command)).toEqual(["echo once >> effects.txt"]);
  expect(await git(project, "show", "oriel/cut:effects.txt")).toBe("once");
  expect(await git(project, "ls-tree", "--name-only", "oriel/json")).toBe("a.txt");
  expect(fine.all.some((event) => JSON.stringify(event).includes("sk-e2e-secret-key"))).toBe(false);

  const failing = await runTasks(oriel, project, ["unauthorized", "not found", "outage"]);
  expect(failing.exitCode).toBe(1);
  const failures = ["unauthorized", "not found", "outage"].map((task) => {
    const end = lastOf(failing.events(task));
    return end?.type === "turn.failed" ? end.body.failure : null;
  });
  expect(failures).toMatchObject([
    { code: "model_unauthorized", hint: expect.stringContaining("OPENAI_API_KEY") },
    { code: "model_not_found", hint: expect.stringContaining("OPENAI_BASE_URL") },
    { code: "model_unreachable", message: "The model's server answered with 500. It was asked 6 times." },
  ]);

  const looping = await runTasks(oriel, project, ["loops"]);
  expect(looping.exitCode).toBe(3);
  const stopped = lastOf(looping.events("loops"));
  expect(stopped).toMatchObject({
    type: "turn.interrupted",
    body: { reason: "repetition", text: expect.stringContaining("cat a.txt") },
  });
  expect(await statesOf(oriel)).toMatchObject({
    cut: "ready",
    garbage: "idle",
    loops: "needs_you",
    unauthorized: "needs_you",
  });
});

const MEGABYTE = 1e6;

test("a command that floods, never ends, forks away or prints bytes that are no text", async () => {
  let handle = "";
  const found = (input: unknown): string => /cmd_[0-9a-z]+/.exec(JSON.stringify(input))?.[0] ?? "";
  // Sleeps of lengths that nobody else has, so that they can be found again.
  const away = ["86401.25", "86402.25", "86403.25"] as const;
  const forking = `sleep ${away[0]} & (setsid nohup sleep ${away[1]} >/dev/null 2>&1 &) ; echo forked`;
  await using server = await startModelServer([
    { match: "flood", steps: [shellCall("head -c 1G /dev/zero | tr '\\0' 'a'"), say("That was much.")] },
    {
      match: "endless",
      steps: [
        call("shell", { command: `sleep ${away[2]}`, cwd: null, yield_ms: 50, stdin: null, escalate: null }),
        (request) => {
          handle = found(request.body["input"]);
          return call("shell_io", { handle, input: null, kill: true, yield_ms: null });
        },
        say("Ended it."),
      ],
    },
    { match: "forks", steps: [shellCall(forking), say("They are gone.")] },
    {
      match: "bytes",
      steps: [shellCall("head -c 300 /dev/urandom; printf '\\xff\\xfe\\x00\\x1b[31m'"), say("Odd.")],
    },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });

  const ran = await runTasks(oriel, project, ["flood", "endless", "forks", "bytes"]);
  expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: "" });
  const [flood] = commandsOf(ran.events("flood"));
  expect(flood).toMatchObject({ exitCode: 0, output: { size: 1 << 30 } });
  expect(Math.max(...ran.all.map((event) => JSON.stringify(event).length))).toBeLessThan(64_000);
  const daemon = processesWith(oriel.dataDir).find(({ line }) => line.includes("--state-dir"));
  for (const pid of [await oriel.hostPid(), daemon?.pid ?? 0]) {
    expect(peakMemory(pid)).toBeGreaterThan(0);
    expect(peakMemory(pid)).toBeLessThan(400 * MEGABYTE);
  }
  expect(handle).not.toBe("");
  expect(ran.events("endless").findLast((event) => event.type === "item.completed")).toMatchObject({
    body: { content: { text: "Ended it." } },
  });
  // Outside the sandbox there is no PID namespace to end them together.
  const unconfined = await runTasks(
    oriel,
    project,
    ["forks"],
    "--sandbox",
    "full-access",
    "--approval",
    "never",
  );
  expect(unconfined.exitCode).toBe(0);
  expect(commandsOf(unconfined.events("forks"))).toMatchObject([{ sandbox: "full-access", exitCode: 0 }]);
  expect(away.flatMap((seconds) => processesWith(`sleep ${seconds}`))).toEqual([]);
});

test("a folder that can't be a project is refused in words, and the next one works", async () => {
  await using server = await startModelServer([{ match: "", steps: [say("Hello.")] }]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const folder = async (name: string, ...init: string[]): Promise<string> => {
    const made = path.join(oriel.root, name);
    await mkdir(made);
    if (init.length > 0) await git(made, ...init);
    return made;
  };
  const refused = async (project: string) => {
    const { exitCode, stdout, stderr } = await oriel.run("run", "--project", project, "--task", "x");
    return { exitCode, stdout, stderr };
  };
  const plain = await folder("plain");
  expect(await refused(plain)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: expect.stringMatching(/^oriel: .*plain is not in a git repository\.\n +.*git init/),
  });
  expect(await refused(await folder("empty", "init", "-q", "-b", "main"))).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("has no commit on its current branch yet."),
  });
  expect(await refused(path.join(oriel.root, "nowhere"))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("There is no folder"),
  });
  expect(await oriel.run("show", "ses_nobody")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("There is no session ses_nobody."),
  });
  const taken = await createRepository(await folder("taken"), { "a.txt": "one\n" });
  await git(taken, "branch", "oriel");
  expect(await refused(taken)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("git branch -m oriel other-name"),
  });
  // Nothing of these is left, and the host is as good as before.
  expect(await statesOf(oriel)).toEqual({});
  expect(await git(taken, "for-each-ref", "--format=%(refname)", "refs/oriel")).toBe("");
  await git(taken, "branch", "-m", "oriel", "other-name");
  expect((await refused(taken)).exitCode).toBe(0);
});

test("a repository with 50,000 files", async () => {
  await using server = await startModelServer([
    { match: "", steps: [shellCall("echo changed > d7/f7.txt && ls | wc -l"), say("Done.")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createLargeRepository(path.join(oriel.root, "large"), { folders: 100, files: 500 });
  const ran = await runTasks(oriel, project, ["change"]);
  expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(commandsOf(ran.events("change"))).toMatchObject([{ output: { head: "100\n" } }]);
  expect(lastOf(ran.events("change"))).toMatchObject({
    body: { changes: { files: 1, added: 1, removed: 1 } },
  });
  expect(await git(project, "diff", "--name-only", "main", "oriel/change")).toBe("d7/f7.txt");
});

/** A repository whose checkout is empty: only its commit has the files. */
async function createLargeRepository(
  folder: string,
  size: { folders: number; files: number },
): Promise<string> {
  await mkdir(folder);
  await git(folder, "init", "-q", "-b", "main");
  const lines = [
    "commit refs/heads/main",
    "committer A Person <person@example.com> 1700000000 +0000",
    "data 5",
    "First",
  ];
  for (let at = 0; at < size.folders * size.files; at += 1) {
    const text = `text of file ${at}`;
    lines.push(`M 100644 inline d${at % size.folders}/f${at}.txt`, `data ${text.length}`, text);
  }
  const stream = spawn("git", ["fast-import", "--quiet"], {
    cwd: folder,
    stdio: ["pipe", "ignore", "inherit"],
  });
  stream.stdin.end(`${lines.join("\n")}\n`);
  const [exitCode] = await once(stream, "close");
  if (exitCode !== 0) throw new Error(`git fast-import: exit ${exitCode}`);
  return folder;
}

test("one data directory has one host, however many start at once", async () => {
  await using server = await startModelServer([
    { match: "", steps: [shellCall("echo x > x.txt"), say("Done.")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const ran = await Promise.all(["first", "second", "third"].map((task) => runTasks(oriel, project, [task])));
  expect(ran.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
    ran.map(() => ({ exitCode: 0, stderr: "" })),
  );
  // It stays while somebody is connected, however long the next one takes to start.
  using _here = await connect(oriel.dataDir);
  const hosts = processesWith(oriel.dataDir).filter(({ line }) => line.includes(oriel.runtime.entry));
  expect(hosts.map(({ pid }) => pid)).toEqual([await oriel.hostPid()]);
  expect(await startHost(oriel)).toEqual({ exitCode: 0, report: { held: true } });
  expect(await statesOf(oriel)).toEqual({ first: "ready", second: "ready", third: "ready" });
});

/** Starts a host beside the command. Gives what it reports, and how it ended. */
async function startHost({ dataDir, runtime }: TestOriel): Promise<{ exitCode: unknown; report: unknown }> {
  const line = [runtime.entry, "--data-dir", dataDir];
  const host = spawn(runtime.node, line, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  host.stdout.on("data", (piece) => (said += String(piece)));
  const [exitCode] = await once(host, "close");
  return { exitCode, report: JSON.parse(said) };
}

test("a host goes on whose starter has left before it is ready", async () => {
  await using oriel = await createOriel();
  const host = spawn(process.execPath, [oriel.runtime.entry, "--data-dir", oriel.dataDir], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  host.stdout.destroy();
  using connection = await until(async () => {
    expect(host.exitCode).toBe(null);
    return connect(oriel.dataDir);
  });
  // It has said that it is ready a moment before it answers.
  expect(await connection.client.host.info()).toMatchObject({ pid: host.pid });
});

test("whoever reaches the daemon's socket without its token learns nothing, and disturbs nobody", async () => {
  await using server = await startModelServer([
    { match: "", steps: [shellCall("echo x > x.txt"), say("Done.")] },
  ]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  expect((await runTasks(oriel, project, ["before"])).exitCode).toBe(0);
  for (const token of ["", "0".repeat(64)]) {
    const socket = await connectEndpoint(runtimeFolder(path.join(oriel.dataDir, "state")));
    if (!socket) throw new Error("no daemon listens");
    const refused = openChannel(socket, token);
    await expect(refused).rejects.toMatchObject({ failure: { code: "daemon_refused" } });
    socket.destroy();
  }
  expect((await runTasks(oriel, project, ["after"])).exitCode).toBe(0);
});

/** Where SQLite's header keeps the schema's version: https://www.sqlite.org/fileformat2.html#the_database_header */
const USER_VERSION_OFFSET = 60;

test("a data directory or a log that can't be used is left as it is, and the words say what to do", async () => {
  await using server = await startModelServer([{ match: "", steps: [say("Done.")] }]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const run = async (...line: string[]) => {
    const { exitCode, stderr } = await oriel.run(...line);
    return { exitCode, stderr };
  };
  const work = ["run", "--project", project, "--task", "x"];

  await writeFile(oriel.dataDir, "a file of the person's");
  expect(await run(...work)).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/can't be used\.\n.*--data-dir/),
  });
  expect(await readFile(oriel.dataDir, "utf8")).toBe("a file of the person's");
  await rm(oriel.dataDir);

  expect((await run(...work)).exitCode).toBe(0);
  await oriel.killHost();
  const file = path.join(oriel.dataDir, "state", "log.db");
  const log = new Database(file);
  log.pragma("user_version = 9999");
  log.close();
  const newer = await readFile(file);
  const saysNewer = {
    exitCode: 1,
    stderr: expect.stringMatching(/newer version of Oriel.*\n.*Nothing was overwritten/),
  };
  expect(await run(...work)).toEqual(saysNewer);
  expect(await run("sessions")).toEqual(saysNewer);
  expect(await readFile(file)).toEqual(newer);

  // The first page is whole, and what it points to is not.
  const damaged = newer.fill("damaged ", 4096);
  const saysDamaged = {
    exitCode: 1,
    stderr: expect.stringMatching(/log is damaged.*\n.*Nothing was overwritten.*\n.*backup/),
  };
  damaged.writeUInt32BE(LOG_VERSION, USER_VERSION_OFFSET);
  await writeFile(file, damaged);
  expect(await run(...work)).toEqual(saysDamaged);
  expect(await run("sessions")).toEqual(saysDamaged);
  expect(await readFile(file)).toEqual(damaged);
});
