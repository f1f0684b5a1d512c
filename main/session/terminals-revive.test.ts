import { readFile } from "node:fs/promises";
import { readdirSync, watch } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { DaemonClient, ScreenState } from "#main/daemon/client.ts";
import { daemonFolder } from "#main/daemon/endpoint.ts";
import { testDaemon } from "#main/daemon/testing/test-daemon.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { createTerminals } from "./terminals.ts";
import type { AttachedTerminal } from "./terminals.ts";

const SIZE = { cols: 100, rows: 10 };

/** Resolves when a terminal's file has `text` in it, under the name that a next daemon looks for. */
async function saved(stateDir: string, text: string): Promise<void> {
  const root = path.join(daemonFolder(stateDir), "terminals");
  const [folder = ""] = readdirSync(root);
  const there = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    for (const name of readdirSync(path.join(root, folder)).filter((file) => file.endsWith(".terminal"))) {
      const content = await readFile(path.join(root, folder, name), "utf8").catch(() => "");
      if (content.includes(text)) there.resolve();
    }
  };
  const watcher = watch(path.join(root, folder), () => void look());
  await look();
  await there.promise;
  watcher.close();
}

async function screenOf(terminal: AttachedTerminal): Promise<ScreenState> {
  const screen = Promise.withResolvers<ScreenState>();
  const end = await terminal.view({ onScreen: screen.resolve, onOutput() {} });
  const state = await screen.promise;
  end();
  return state;
}

const valueOf = <Value>(result: Result<Value>): Value => {
  if (result.ok) return result.value;
  throw new Error(result.failure.message);
};

test("after the daemon's death a shell goes on under what its terminal showed; an archived session's is left as it was", async () => {
  await using running = await testDaemon();
  await using worktree = await tempDir();
  let daemon: DaemonClient | null = await running.client();
  const trash = new Map<string, string>();
  const terminals = createTerminals({
    link: {
      daemon: async () => (daemon ??= await running.client()),
      existing: async () => daemon,
      keeper: async () => daemon,
    },
    env: { PATH: process.env["PATH"], HOME: running.stateDir, SHELL: "/bin/bash" },
    session: (id) => ok({ id, worktree: worktree.path, trash: trash.get(id) ?? null }),
  });
  const kept = valueOf(await terminals.open({ session: "ses_kept", ...SIZE }));
  const archived = valueOf(await terminals.open({ session: "ses_archived", ...SIZE }));
  await daemon.writeTerminal(kept.id, "cd / && echo first-$((1 + 1))\n");
  await daemon.writeTerminal(archived.id, "echo other-$((2 + 1))\n");
  await saved(running.stateDir, "first-2");
  await saved(running.stateDir, "other-3");
  trash.set("ses_archived", "/trash");
  process.kill(daemon.pid, "SIGKILL");
  await daemon.closed;
  daemon = null;

  // The window's list and its two viewers ask at once: one shell is started.
  const [list, one, two] = await Promise.all([
    terminals.list({ session: "ses_kept" }),
    terminals.attach(kept.id),
    terminals.attach(kept.id),
  ]);
  expect(valueOf(list)).toMatchObject([{ id: kept.id, session: "ses_kept", ...SIZE, exitCode: null }]);
  const screen = await screenOf(valueOf(one));
  expect(screen.text).toContain("first-2");
  expect(screen.text).toContain("Oriel's daemon ended; a new shell was started at");
  // In its worktree, wherever the one before was, and not in the person's home.
  await valueOf(two).write(`[ "$(pwd -P)" -ef '${worktree.path}' ] && exit 5; exit 6\n`);
  expect(await valueOf(one).exited).toBe(5);
  expect(valueOf(await terminals.list({}))).toMatchObject([
    { id: kept.id, exitCode: 5 },
    { id: archived.id, exitCode: 129 },
  ]);
});

test("a daemon that has died is asked once, and not until its connection counts as closed", async () => {
  await using running = await testDaemon();
  const dead = await running.client();
  process.kill(dead.pid, "SIGKILL");
  await dead.closed;
  const closed = Promise.withResolvers<void>();
  let asked = 0;
  let next: DaemonClient | null = null;
  /** As the link does, which hears of the close. */
  const daemon = async (): Promise<DaemonClient> => {
    if (next) return next;
    asked += 1;
    const client = await running.client();
    setImmediate(() => {
      next = client;
      closed.resolve();
    });
    return { ...dead, closed: closed.promise };
  };
  const terminals = createTerminals({
    link: { daemon, existing: daemon, keeper: daemon },
    env: { PATH: process.env["PATH"], HOME: running.stateDir, SHELL: "/bin/bash" },
    session: (id) => ok({ id, worktree: running.stateDir, trash: null }),
  });
  expect(valueOf(await terminals.list({ session: "ses_one" }))).toEqual([]);
  expect(asked).toBe(1);
});

test("a shell that is opened while its session is archived does not stay", async () => {
  await using running = await testDaemon();
  const daemon = await running.client();
  let looks = 0;
  const terminals = createTerminals({
    link: { daemon: async () => daemon, existing: async () => daemon, keeper: async () => daemon },
    env: { PATH: process.env["PATH"], HOME: running.stateDir, SHELL: "/bin/bash" },
    session: (id) => ok({ id, worktree: running.stateDir, trash: (looks += 1) === 1 ? null : "/trash" }),
  });
  expect(await terminals.open({ session: "ses_one", ...SIZE })).toMatchObject({
    ok: false,
    failure: { code: "session_archived" },
  });
  expect(await daemon.listTerminals()).toEqual([]);
});

test("where the daemon dies while it is asked, the next one answers", async () => {
  await using running = await testDaemon();
  const dead = await running.client();
  let next: DaemonClient | null = null;
  let asked = 0;
  const daemon = async (): Promise<DaemonClient> => {
    asked += 1;
    return asked === 1 ? dead : (next ??= await running.client());
  };
  const terminals = createTerminals({
    link: { daemon, existing: daemon, keeper: daemon },
    env: { PATH: process.env["PATH"], HOME: running.stateDir, SHELL: "/bin/bash" },
    session: (id) => ok({ id, worktree: running.stateDir, trash: null }),
  });
  process.kill(dead.pid, "SIGKILL");
  await dead.closed;
  const opened = valueOf(await terminals.open({ session: "ses_one", ...SIZE }));
  asked = 0;
  expect(valueOf(await terminals.list({ session: "ses_one" }))).toMatchObject([{ id: opened.id }]);
  asked = 0;
  expect(await terminals.attach(opened.id)).toMatchObject({ ok: true });
});
