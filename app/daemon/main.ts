/** The daemon's process. Started by `ensureDaemon` (main/daemon/client.ts); ends itself when nobody needs it. */
import { closeSync, writeSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { startDaemon } from "#main/daemon/daemon.ts";
import { daemonFolder, makePrivateFolder } from "#main/daemon/endpoint.ts";
import { LOG_NAME, READY_FD } from "#main/daemon/launch.ts";
import { createLog } from "#main/daemon/log.ts";
import { startProxy } from "#main/daemon/proxy/proxy.ts";

const { values } = parseArgs({
  options: { "state-dir": { type: "string" }, version: { type: "string" }, "idle-ms": { type: "string" } },
});
const stateDir = values["state-dir"];
if (stateDir === undefined) throw new Error("the daemon needs --state-dir");
makePrivateFolder(daemonFolder(stateDir));
const log = createLog(path.join(daemonFolder(stateDir), LOG_NAME));

const daemon = await startDaemon({
  stateDir,
  version: values.version ?? "unknown",
  ...(values["idle-ms"] !== undefined && { idleMs: Number(values["idle-ms"]) }),
  startProxy,
  log,
});
if (daemon) {
  // A bug in the handling of one command or client must not end everybody's shells.
  process.on("uncaughtException", (error) => log(`uncaught: ${error.stack ?? String(error)}`));
  // The terminal of whoever started the app is nothing to the daemon.
  process.on("SIGHUP", () => {});
  const asked = new Promise((resolve) => process.once("SIGTERM", resolve).once("SIGINT", resolve));
  tellReady();
  await Promise.race([daemon.ended, asked]);
  await daemon[Symbol.asyncDispose]();
  log(`daemon ${daemon.instance} ended`);
}
process.exit(0);

/** To the host that waits for it, if one still does. */
function tellReady(): void {
  try {
    writeSync(READY_FD, "ready\n");
    closeSync(READY_FD);
  } catch {
    // The host was killed meanwhile, or the daemon was started by hand.
  }
}
