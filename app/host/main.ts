/**
 * The host: the one process of a data directory that writes its log and runs its sessions. It is made to be killed at
 * any moment; whatever it leaves half done, the next one settles. Says on one line of stdout how its start went.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { RPCHandler } from "@orpc/server/ws";
import type { WebSocket } from "ws";
import { createHost, DAEMON_ENTRY } from "#main/host.ts";
import { createRouter } from "#main/gateway/gateway.ts";
import { createDataDir, dataDir, defaultDataDir } from "#main/kernel/data-dir.ts";
import { acquireDataDirLock } from "#main/storage/data-dir-lock.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { serveClients } from "./server.ts";
import { createWebFace } from "./web/web-face.ts";

/** A host without clients and turns ends itself after this long, in ms: time enough for the next command of a script. */
const IDLE_MS = 5000;

/** Where the built page is, from this file's source or from what it was built into. */
const PAGE = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../dist/renderer" : "./renderer", import.meta.url),
);

const { values } = parseArgs({ options: { "data-dir": { type: "string" } } });
const dir = dataDir(values["data-dir"] ?? defaultDataDir());

// Whoever started it may have left by then: that is no reason to end.
process.stdout.on("error", () => undefined);

function say(report: object): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function main(): Promise<void> {
  createDataDir(dir);
  const lock = acquireDataDirLock(dir.state);
  if (!lock.ok) return say({ held: true });
  // It has no client before it is opened, which is a verb of the host.
  const web = createWebFace({
    stateDir: dir.state,
    files: PAGE,
    serveRpc: (socket) => serveRpc(socket),
    attach: (terminal) => host.terminals.attach(terminal),
    onClientsChanged: () => endWhenIdle(),
  });
  const host = await createHost({
    dir,
    env: process.env,
    version: VERSION,
    daemonEntry: DAEMON_ENTRY,
    web,
    quit: () => {
      leaving = true;
      endWhenIdle();
    },
  });
  const handler = new RPCHandler(createRouter(host.services));
  const serveRpc = (socket: WebSocket): void => void handler.upgrade(socket);
  let idle: NodeJS.Timeout | undefined;
  /** A person has asked for the end: it comes when the last command has hung up, or soon; pages are not waited for. */
  let leaving = false;
  const endWhenIdle = (): void => {
    clearTimeout(idle);
    if (leaving && server.clients === 0) return void end();
    if (!leaving && server.clients + web.clients > 0) return;
    const goesOn = (): boolean => !leaving && host.busy && !endsWithWindow();
    idle = setTimeout(() => (goesOn() ? endWhenIdle() : void end()), IDLE_MS);
  };
  /** Whether agents end with the last window: only where there was one, and a person said so. */
  const endsWithWindow = (): boolean => web.isOpen && !host.settings.keepRunning;
  let isEnding = false;
  /** Takes no client from its first line on: one that comes now starts the next host. */
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await Promise.all([server[Symbol.asyncDispose](), web[Symbol.asyncDispose]()]);
    await host[Symbol.asyncDispose]();
    process.exit(0);
  };
  const server = await serveClients(dir.hostSocket, serveRpc, endWhenIdle);
  // Turns that run are not stopped: their commands go on in the daemon, and the next host says what became of them.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
  say({ ready: true });
  endWhenIdle();
}

await main().catch((error: unknown) => {
  const failure = failureOf(error);
  say({
    failure: failure ?? {
      code: "internal",
      message: "Oriel's host could not start.",
      details: String(error),
    },
  });
  process.exit(1);
});
