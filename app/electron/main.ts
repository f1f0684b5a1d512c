/**
 * The window: a client of the host like any other, which it starts where none runs and keeps at hand. It owns nothing
 * else, so that it can stay idle and never stutters.
 */
import { app, dialog } from "electron";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { connectNewest } from "#app/cli/connect.ts";
import { WINDOW_OPEN } from "#app/cli/electron.ts";
import { createDataDir, dataDir, defaultDataDir } from "#main/kernel/data-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { readOptions } from "./options.ts";
import { hostRuntime } from "./runtime.ts";
import { runShell } from "./shell.ts";
import type { SecondStart } from "./shell.ts";

/** As in electron-builder.yml. */
const APP_ID = "dev.oriel.app";

function main(): void {
  const options = readOptions(process.argv.slice(1));
  const dir = dataDir(options.dataDir ?? defaultDataDir());
  createDataDir(dir);
  // In `state/`, which no agent's sandbox sees. It is also what the lock goes by: one window for each data directory.
  const stateDir = path.join(dir.state, "window");
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  app.setPath("userData", stateDir);
  // Windows shows notifications only of an app that it knows by the name in its shortcut.
  if (process.platform === "win32") app.setAppUserModelId(APP_ID);
  const handed: SecondStart = { session: options.session };
  if (!app.requestSingleInstanceLock(handed)) {
    // The window that is open has come up instead.
    sayOpen();
    return app.quit();
  }

  const runtime = hostRuntime(app.isPackaged ? { resources: process.resourcesPath } : null, process.env);
  if (!runtime.ok) return giveUp(runtime.failure.message, runtime.failure.hint);
  app.enableSandbox();
  void app.whenReady().then(() =>
    runShell({
      open: () => connectNewest(dir.root, process.env, runtime.value),
      stateDir,
      session: options.session,
      onOpen: sayOpen,
    }),
  );
}

/** For who started it by the command. A packed app on Windows has nobody to say it to. */
function sayOpen(): void {
  if (!app.isPackaged) process.stdout.write(`${WINDOW_OPEN}\n`);
}

function giveUp(...lines: readonly (string | undefined)[]): void {
  dialog.showErrorBox("Oriel could not start", lines.filter(Boolean).join("\n"));
  app.exit(1);
}

// Whoever read it is gone: the window stays.
process.stdout.on("error", () => undefined);
try {
  main();
} catch (error) {
  const failure = failureOf(error);
  if (failure === null) throw error;
  giveUp(failure.message, failure.hint, failure.details);
}
