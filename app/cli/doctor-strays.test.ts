import { mkdir } from "node:fs/promises";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { ensureDaemon } from "#main/daemon/client.ts";
import { ENTRY, bash } from "#main/daemon/testing/test-daemon.ts";
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { findStrays } from "./doctor-strays.ts";

test("what has made itself a daemon in a worktree, and written over its environment, is named; what runs there is not", async () => {
  await using temp = await tempDir();
  const dir = dataDir(temp.path);
  createDataDir(dir);
  const worktree = path.join(dir.worktrees, "ses_one");
  await mkdir(worktree);
  await using daemon = await ensureDaemon({ stateDir: dir.state, entry: ENTRY, version: "test" });
  expect(await findStrays(dir)).toEqual([]);
  const script =
    "setsid sleep 4325.1 & " +
    // Until then it is nobody's: it is not known what it has in its environment.
    "until grep -q '^sleep' /proc/$!/cmdline; do :; done; env -i setsid -f sleep 4325.2; wait";
  const command = bash(script, { cwd: worktree });
  await daemon.start(command);
  let pid: number | undefined;
  try {
    pid = await vi.waitUntil(
      async () => (await findStrays(dir)).find((stray) => stray.command === "sleep 4325.2")?.pid,
      { timeout: 30_000 },
    );
    const found = [{ pid, command: "sleep 4325.2" }];
    expect(await findStrays(dir)).toEqual(found);
    await daemon.kill(command.id);
    expect(await findStrays(dir)).toEqual(found);
  } finally {
    if (pid !== undefined) process.kill(pid);
    await daemon.shutdown();
    await daemon.closed;
  }
});
