import { watch } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { failureOf } from "#shared/kernel/failure.ts";
import { connectDaemon, ensureDaemon } from "./client.ts";
import type { DaemonClient, ScreenState, TerminalSpec } from "./client.ts";
import { daemonFolder, tagOf } from "./endpoint.ts";
import { savedFile } from "./saved.ts";
import { ENTRY, testDaemon } from "./testing/test-daemon.ts";

const shell = (id: string, script: string, rest: Partial<TerminalSpec> = {}): TerminalSpec => ({
  id,
  session: "ses_test",
  argv: ["bash", "--norc", "-c", script],
  cwd: "/tmp",
  env: { PATH: process.env["PATH"] ?? "" },
  cols: 40,
  rows: 10,
  ...rest,
});

/** Found by the environment of what runs: not by that of another run of these tests. */
const T1 = `t1-${process.pid}`;
const T2 = `t2-${process.pid}`;
const OLD = `old-${process.pid}`;
const NEW = `new-${process.pid}`;

const folderOf = (stateDir: string, version = "test"): string =>
  path.join(daemonFolder(stateDir), "terminals", tagOf(version));

/** Resolves when the terminal's file has `text` in it: what its script prints, and not as the script says it, which is in there from the first. */
async function saved(stateDir: string, id: string, text: string, version?: string): Promise<void> {
  const folder = folderOf(stateDir, version);
  const changed = Promise.withResolvers<void>();
  const look = () =>
    readFile(savedFile(folder, id), "utf8").then(
      (content) => content.includes(text) && changed.resolve(),
      () => {},
    );
  using watcher = new DisposableStack();
  watcher.adopt(
    watch(folder, () => void look()),
    (open) => open.close(),
  );
  await look();
  await changed.promise;
}

/** The first screen. */
const screenOf = async (client: DaemonClient, id: string): Promise<ScreenState> => {
  const screen = Promise.withResolvers<ScreenState>();
  const detach = await client.attachTerminal(id, { onScreen: screen.resolve, onOutput() {} });
  const state = await screen.promise;
  detach();
  return state;
};

async function kill(client: DaemonClient, signal: NodeJS.Signals): Promise<void> {
  process.kill(client.pid, signal);
  await client.closed;
}

test("a killed daemon's terminals come back with their screen, and a new shell goes on below", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  const script = "cd /; printf '\\e]0;title\\a\\e[?2004h\\e[?1002hone\\r\\n\\e[31mt%s' wo; read";
  await first.openTerminal(shell(T1, script));
  await first.openTerminal(shell(T2, "echo second; exit 4"));
  await saved(daemon.stateDir, T1, "two");
  await first.terminalExited(T2);
  await saved(daemon.stateDir, T2, '"exitCode":4');
  await kill(first, "SIGKILL");

  const client = await daemon.client();
  const listed = (await client.listTerminals()).toSorted((a, b) => a.id.localeCompare(b.id));
  expect(
    listed.map(({ id, title, cwd, lost, exit }) => ({ id, title, cwd, lost, code: exit?.exitCode })),
  ).toEqual([
    { id: T1, title: "title", cwd: "/", lost: true, code: null },
    { id: T2, title: "", cwd: listed[1]?.cwd, lost: false, code: 4 },
  ]);
  expect((await screenOf(client, T1)).text).toContain("one\r\n\x1b[31mtwo");
  expect(await client.terminalExited(T1)).toEqual(listed[0]?.exit);
  expect(await client.openTerminal(shell(T1, "true"))).toMatchObject({ failure: { code: "exists" } });

  await client.openTerminal(shell(T1, "echo th''ree; read", { restore: T1, cols: 60 }));
  const [now] = (await client.listTerminals()).filter(({ id }) => id === T1);
  expect(now).toMatchObject({ lost: false, exit: null, cols: 60 });
  await saved(daemon.stateDir, T1, "three");
  expect((await screenOf(client, T1)).text.replace(/\d\d:\d\d/, "12:04")).toBe(
    "one\r\n\x1b[31mtwo\r\n\x1b[39;2m── Oriel's daemon ended; a new shell was started at 12:04 ──\r\n\x1b[0mthree\x1b[1B\x1b[5D",
  );

  await client.killTerminal(T1);
  await client.killTerminal(T2);
  expect(await readdir(folderOf(daemon.stateDir))).toEqual([]);
});

test("a killed daemon's terminal that is cleared is empty for all, and begins a new shell without it", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  await first.openTerminal(shell(T1, "echo sec''ret; read"));
  await saved(daemon.stateDir, T1, "secret");
  await kill(first, "SIGKILL");

  const client = await daemon.client();
  await client.listTerminals();
  const texts: string[] = [];
  const emptied = Promise.withResolvers<void>();
  await client.attachTerminal(T1, {
    onScreen({ text }) {
      texts.push(text);
      if (text === "") emptied.resolve();
    },
    onOutput() {},
  });
  await client.clearTerminal(T1);
  await emptied.promise;
  expect(texts.at(-1)).toBe("");
  await client.openTerminal(shell(T1, "read", { restore: T1 }));
  expect((await screenOf(client, T1)).text).not.toContain("secret");
  await client.killTerminal(T1);
});

test("two hosts that ask for the same shell again at once get one, both, and neither a screen without a shell", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  await first.openTerminal(shell(T1, "echo one; read"));
  await saved(daemon.stateDir, T1, "one");
  await kill(first, "SIGKILL");

  const hosts = [await daemon.client(), await daemon.client()];
  const again = shell(T1, "read", { restore: T1 });
  const opened = await Promise.all(hosts.map((host) => host.openTerminal(again)));
  expect(opened.map(({ ok }) => ok)).toEqual([true, true]);
  const listed = await Promise.all(hosts.map((host) => host.listTerminals()));
  expect(listed.map((states) => states.map(({ lost, exit }) => ({ lost, exit })))).toEqual([
    [{ lost: false, exit: null }],
    [{ lost: false, exit: null }],
  ]);
  await hosts[0]?.killTerminal(T1);
});

test("a daemon that is asked to end by the system saves what it did not save yet", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  await first.openTerminal(shell(T1, "echo last words; read"));
  // Long before the next save is due.
  const seen = Promise.withResolvers<void>();
  await first.attachTerminal(T1, {
    onScreen: ({ text }) => text.includes("words") && seen.resolve(),
    onOutput: (bytes) => Buffer.from(bytes).includes("words") && seen.resolve(),
  });
  await seen.promise;
  await kill(first, "SIGTERM");
  const client = await daemon.client();
  expect(await client.listTerminals()).toMatchObject([{ id: T1, lost: true }]);
  expect((await screenOf(client, T1)).text).toContain("last words");
});

test("what ends because the daemon ends is started again, whatever it says at its end", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  // The shell ends at once; what it has started prints until then, and must be killed.
  const child =
    "trap 'quiet=1; echo h''up' HUP TERM; exec 3<> <(:); while :; do [ $quiet ] || echo rea''dy; read -rt 0.05 -u 3; done";
  await first.openTerminal(shell(T1, `(${child}) & wait`));
  await saved(daemon.stateDir, T1, "ready");
  await kill(first, "SIGTERM");
  const client = await daemon.client();
  expect(await client.listTerminals()).toMatchObject([{ id: T1, lost: true }]);
});

test("a dead daemon's terminal that is closed before anybody asked for it does not come back", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  await first.openTerminal(shell(T1, "echo h''i; read"));
  await saved(daemon.stateDir, T1, "hi");
  await kill(first, "SIGKILL");
  const client = await daemon.client();
  await client.killTerminal(T1);
  expect(await client.listTerminals()).toEqual([]);
});

test("what a newer daemon leaves at its death is for the next of its version, not for an older one that drains", async () => {
  await using daemon = await testDaemon();
  const { stateDir } = daemon;
  const of = (version: string) => ({ stateDir, entry: ENTRY, version });
  await using old = await ensureDaemon(of("1"));
  await old.openTerminal(shell(OLD, "read"));
  const fresh = await ensureDaemon(of("2"));
  await fresh.openTerminal(shell(NEW, "echo h''i; read"));
  await saved(stateDir, NEW, "hi", "2");
  await kill(fresh, "SIGKILL");

  const looking = await connectDaemon({ stateDir });
  expect((await looking?.listTerminals())?.map(({ id }) => id)).toEqual([OLD]);
  await looking?.[Symbol.asyncDispose]();
  await using again = await ensureDaemon(of("2"));
  const listed = (await again.listTerminals()).map(({ id, lost }) => ({ id, lost }));
  expect(listed.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
    { id: NEW, lost: true },
    { id: OLD, lost: false },
  ]);
});

test("a terminal that an older daemon has taken over gets its shell again there", async () => {
  await using daemon = await testDaemon();
  const { stateDir } = daemon;
  const of = (version: string) => ({ stateDir, entry: ENTRY, version });
  const first = await ensureDaemon(of("1"));
  await first.openTerminal(shell(OLD, "echo h''i; read"));
  await saved(stateDir, OLD, "hi", "1");
  await kill(first, "SIGKILL");
  await using second = await ensureDaemon(of("1"));
  expect(await second.listTerminals()).toMatchObject([{ id: OLD, lost: true }]);
  await using upgraded = await ensureDaemon(of("2"));
  expect(await upgraded.openTerminal(shell(OLD, "echo ag''ain; read", { restore: OLD }))).toMatchObject({
    ok: true,
  });
  await saved(stateDir, OLD, "again", "1");
  expect((await screenOf(upgraded, OLD)).text).toMatch(/hi[^]*a new shell was started[^]*again/);
  await upgraded.killTerminal(OLD);
});

test("closed by their owner, with the daemon or alone, terminals leave no file", async () => {
  await using daemon = await testDaemon();
  const first = await daemon.client();
  await first.openTerminal(shell(T1, "echo h''i; read"));
  await first.openTerminal(shell(T2, "echo hi; read"));
  await saved(daemon.stateDir, T1, "hi");
  await first.killTerminal(T1);
  await first.shutdown();
  await first.closed;
  expect(await readdir(folderOf(daemon.stateDir))).toEqual([]);
  const client = await daemon.client();
  expect(await client.listTerminals()).toEqual([]);
  const code = await client.attachTerminal(T1, { onScreen() {}, onOutput() {} }).catch(failureOf);
  expect(code).toMatchObject({ code: "unknown_terminal" });
});

test("files that are none of ours, half written or broken are no terminals and stop nothing", async () => {
  await using daemon = await testDaemon();
  const folder = folderOf(daemon.stateDir);
  await mkdir(folder, { recursive: true });
  for (const [index, text] of ["", "{", "null\n", '{"v":2}\ntext', "\0\xff"].entries()) {
    await writeFile(path.join(folder, `${index}.terminal`), text);
  }
  await writeFile(path.join(folder, "x.terminal.new"), "half");
  const client = await daemon.client();
  expect(await client.listTerminals()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
  // Nothing to begin with: the shell starts all the same.
  expect(await client.openTerminal(shell(T1, "read", { restore: "gone" }))).toMatchObject({ ok: true });
  await client.killTerminal(T1);
});
