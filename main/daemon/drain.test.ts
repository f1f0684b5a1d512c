import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { expect, test } from "vitest";
import { failureOf } from "#shared/kernel/failure.ts";
import { connectDaemon, ensureDaemon } from "./client.ts";
import { daemonFolder, makePrivateFolder } from "./endpoint.ts";
import { findMembers } from "./proc-linux.ts";
import { ENTRY, bash, outputOf, testDaemon } from "./testing/test-daemon.ts";
import { ensureToken } from "./token.ts";

const FROZEN = path.resolve(import.meta.dirname, "../../e2e/fixtures/terminals/daemon-1.mjs");

/** The frozen daemon of the first protocol, serving. */
async function startFrozen(stateDir: string): Promise<ChildProcess> {
  makePrivateFolder(daemonFolder(stateDir));
  ensureToken(daemonFolder(stateDir));
  const child = spawn(process.execPath, [FROZEN, "--state-dir", stateDir, "--version", "0.0.1"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

const codeOf = (error: unknown): unknown => failureOf(error)?.code ?? error;

test("a daemon of the first protocol keeps its terminal and command while a new one takes new work", async () => {
  await using daemon = await testDaemon();
  const old = await startFrozen(daemon.stateDir);
  const ended = once(old, "exit");
  const client = await daemon.client();
  expect(client).toMatchObject({ version: "test" });
  expect(client.pid).not.toBe(old.pid);

  const spec = bash("echo new");
  expect(await client.start({ ...spec, id: "old-command" })).toMatchObject({ failure: { code: "exists" } });
  expect(await client.start(spec)).toEqual({ ok: true, value: undefined });
  await client.exited(spec.id);
  expect((await client.list()).map(({ id }) => id).toSorted()).toEqual([spec.id, "old-command"].toSorted());
  expect(await outputOf(client, "old-command")).toBe("old output\n");

  const screen = Promise.withResolvers<unknown>();
  const echo = Promise.withResolvers<string>();
  await client.attachTerminal("old-terminal", {
    onScreen: screen.resolve,
    onOutput: (bytes) => echo.resolve(Buffer.from(bytes).toString()),
  });
  expect(await screen.promise).toEqual({
    text: "old screen\r\n",
    offset: 12,
    cols: 80,
    rows: 24,
    title: "old title",
    cwd: null,
    marks: [],
    markKey: null,
    short: false,
  });
  // As a page types: it asks what has been typed, and says where its text is. The old one knows of neither.
  const { offset } = await client.terminalTyped("old-terminal", "page");
  expect(offset).toBe(0);
  await client.writeTerminal("old-terminal", "hello", { writer: "page", offset });
  expect(await echo.promise).toBe("<hello>\r\n");
  // It does not know how: the page that asks clears itself.
  await client.clearTerminal("old-terminal");
  expect(await client.listTerminals()).toMatchObject([
    { id: "old-terminal", lost: false, command: null, exit: null },
  ]);

  const exited = client.exited("old-command");
  await client.closeInput("old-command");
  expect((await exited).exitCode).toBe(7);
  await client.release("old-command");
  await client.killTerminal("old-terminal");
  expect(await ended).toEqual([0, null]);
  expect((await client.list()).map(({ id }) => id)).toEqual([spec.id]);
  expect(await client.state("old-command")).toBeNull();
});

test("an older daemon that is killed takes nothing with it but its own", async () => {
  await using daemon = await testDaemon();
  const old = await startFrozen(daemon.stateDir);
  const client = await daemon.client();
  const exited = client.exited("old-command").catch(codeOf);
  old.kill("SIGKILL");
  expect(await exited).toBe("daemon_gone");
  const spec = bash("echo new");
  await client.start(spec);
  expect((await client.exited(spec.id)).exitCode).toBe(0);
  expect(await client.state("old-command")).toBeNull();
});

test("real daemons of three versions drain with what they run, share what they know, and start nothing for who only looks", async () => {
  await using daemon = await testDaemon();
  const { stateDir } = daemon;
  const of = (version: string) => ({ stateDir, entry: ENTRY, version });
  const first = await ensureDaemon(of("1"));
  const one = bash("read; echo one", { network: { allow: [] } });
  await first.start(one);
  const shell = {
    id: "shell",
    session: "ses_test",
    argv: ["bash", "--norc", "-c", "read line; echo got $line; read"],
  };
  await first.openTerminal({ ...shell, cwd: "/tmp", env: one.env, cols: 80, rows: 24 });
  await first[Symbol.asyncDispose]();

  const looking = await connectDaemon(of("2"));
  expect(looking?.version).toBe("1");
  const two = bash("read; echo two");
  await looking?.start(two);
  expect(looking?.version).toBe("2");
  await looking?.[Symbol.asyncDispose]();

  await using third = await ensureDaemon(of("3"));
  expect((await third.list()).map(({ id }) => id).toSorted()).toEqual([one.id, two.id].toSorted());
  // Started beside it twice, and its command still has its proxy.
  const socketPath = third.proxySocket(one.id);
  const request = http.request({ socketPath, method: "CONNECT", path: "blocked.example:443" }).end();
  const [response] = await once(request, "connect");
  expect(response).toMatchObject({ statusCode: 403 });
  for (const { id } of [one, two]) {
    await third.write(id, "\n");
    expect((await third.exited(id)).exitCode).toBe(0);
  }
  expect(await outputOf(third, one.id)).toBe("one\n");
  expect((await third.state(one.id))?.blocked).toEqual(["blocked.example:443"]);
  expect(await outputOf(third, two.id)).toBe("two\n");

  const answer = Promise.withResolvers<void>();
  let shown = "";
  const show = (text: string): void => {
    shown += text;
    if (shown.includes("got it")) answer.resolve();
  };
  await third.attachTerminal("shell", {
    onScreen: ({ text }) => show(text),
    onOutput: (bytes) => show(Buffer.from(bytes).toString()),
  });
  await third.writeTerminal("shell", "it\r");
  await answer.promise;
  await third.killTerminal("shell");
  expect(await third.listTerminals()).toEqual([]);
});

test("asked to end, daemons that drain end as well, with all that they run", async () => {
  await using daemon = await testDaemon();
  const old = await ensureDaemon({ stateDir: daemon.stateDir, entry: ENTRY, version: "1" });
  const terminal = {
    id: `old-${process.pid}`,
    session: "s",
    argv: ["bash", "-c", "setsid sleep 1000 & read"],
  };
  const commands = [bash("setsid sleep 1000 & echo up; read"), bash("echo up; read")] as const;
  await old.start(commands[0]);
  await old.openTerminal({ ...terminal, cwd: "/tmp", env: commands[0].env, cols: 80, rows: 24 });
  await old[Symbol.asyncDispose]();
  const client = await daemon.client();
  await client.start(commands[1]);
  expect((await client.listTerminals()).map(({ id, exit }) => ({ id, exit }))).toEqual([
    { id: terminal.id, exit: null },
  ]);
  await client.shutdown();
  await client.closed;
  expect(await connectDaemon(daemon)).toBeNull();
  const markers = [`ORIEL_TERMINAL=${terminal.id}`, ...commands.map(({ id }) => `ORIEL_COMMAND=${id}`)];
  for (const marker of markers) expect(await findMembers({ marker, leader: null })).toEqual([]);
  // Neither comes back.
  expect(await (await daemon.client()).listTerminals()).toEqual([]);
});

test("copies that no daemon runs from are removed", async () => {
  await using daemon = await testDaemon();
  const home = daemonFolder(daemon.stateDir);
  await using old = await ensureDaemon({ stateDir: daemon.stateDir, entry: ENTRY, version: "1" });
  const spec = bash("read");
  await old.start(spec);
  const copies = ["0-0123456789ab", "1-0123456789ab", "test-0123456789ab", "test-0123456789ab.0123456789ab"];
  for (const copy of copies) await mkdir(path.join(home, copy));
  await writeFile(path.join(home, "0-0123456789ab", "daemon.js"), "");
  await daemon.client();
  expect((await readdir(home)).filter((name) => name.includes("0123456789ab"))).toEqual(copies.slice(1));
});
