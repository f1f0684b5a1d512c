/**
 * The window: a client of the host like any other, which it starts where none runs and keeps at hand. It owns nothing
 * else, so that it can stay idle and never stutters.
 */
import { app, dialog } from "electron";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { connectOrStart } from "#app/cli/connect.ts";
import { createDataDir, dataDir, defaultDataDir } from "#main/kernel/data-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { readOptions } from "./options.ts";
import { hostRuntime } from "./runtime.ts";
import { runShell } from "./shell.ts";

function main(): void {
  const options = readOptions(process.argv.slice(1));
  const dir = dataDir(options.dataDir ?? defaultDataDir());
  createDataDir(dir);
  // In `state/`, which no agent's sandbox sees. It is also what the lock goes by: one window for each data directory.
  const stateDir = path.join(dir.state, "window");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  app.setPath("userData", stateDir);
  if (!app.requestSingleInstanceLock()) return app.quit();

  const runtime = hostRuntime(app.isPackaged ? { resources: process.resourcesPath } : null, process.env);
  if (!runtime.ok) return giveUp(runtime.failure.message, runtime.failure.hint);
  app.enableSandbox();
  void app.whenReady().then(() =>
    runShell({
      open: () => connectOrStart(dir.root, process.env, runtime.value),
      stateDir,
      session: options.session,
    }),
  );
}

function giveUp(...lines: readonly (string | undefined)[]): void {
  dialog.showErrorBox("Oriel could not start", lines.filter(Boolean).join("\n"));
  app.exit(1);
}

try {
  main();
} catch (error) {
  const failure = failureOf(error);
  if (failure === null) throw error;
  giveUp(failure.message, failure.hint, failure.details);
}
