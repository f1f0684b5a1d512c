/**
 * The host: the one process of a data directory that writes its log and runs its sessions. It is made to be killed at
 * any moment; whatever it leaves half done, the next one settles. Says on one line of stdout how its start went.
 */
import { parseArgs } from "node:util";
import { createHost, DAEMON_ENTRY } from "#main/host.ts";
import { createRouter } from "#main/gateway/gateway.ts";
import { createDataDir, dataDir, defaultDataDir } from "#main/kernel/data-dir.ts";
import { acquireDataDirLock } from "#main/storage/data-dir-lock.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { serveClients } from "./server.ts";

/** A host without clients and turns ends itself after this long, in ms: time enough for the next command of a script. */
const IDLE_MS = 5000;

const { values } = parseArgs({ options: { "data-dir": { type: "string" } } });
const dir = dataDir(values["data-dir"] ?? defaultDataDir());

function say(report: object): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function main(): Promise<void> {
  createDataDir(dir);
  const lock = acquireDataDirLock(dir.state);
  if (!lock.ok) return say({ held: true });
  const host = await createHost({ dir, env: process.env, version: VERSION, daemonEntry: DAEMON_ENTRY });
  let idle: NodeJS.Timeout | undefined;
  const endWhenIdle = (): void => {
    clearTimeout(idle);
    if (server.clients === 0) idle = setTimeout(() => (host.busy ? endWhenIdle() : void end()), IDLE_MS);
  };
  const end = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
    process.exit(0);
  };
  const server = await serveClients(dir.hostSocket, createRouter(host.services), endWhenIdle);
  // Turns that run are not stopped: their commands go on in the daemon, and the next host says what became of them.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
  say({ ready: true });
  endWhenIdle();
}

await main().catch((error: unknown) => {
  const failure = failureOf(error);
  say({ failure: failure ?? { code: "internal", message: "Oriel's host could not start.", details: String(error) } });
  process.exit(1);
});
