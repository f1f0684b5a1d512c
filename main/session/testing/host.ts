/**
 * A host as a process of its own, for tests to kill: `host.ts DATA_DIR PROJECT MODEL_URL ALLOWED`. Makes a session, says
 * its id and stays. ALLOWED: the one address that its commands may reach.
 */
import { createHost, DAEMON_ENTRY } from "#main/host.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { valueOf } from "./world.ts";

const [root = "", project = "", url, allowed = ""] = process.argv.slice(2);
const host = await createHost({
  dir: dataDir(root),
  env: { PATH: process.env["PATH"], HOME: root, OPENAI_BASE_URL: url },
  version: "test",
  daemonEntry: DAEMON_ENTRY,
  allowHosts: [allowed],
});
const policy = { approval: "on-request", sandbox: "workspace-write" } as const;
const wish = { task: "Do it", agent: "oriel", ...policy };
const made = valueOf(await host.services.sessions.create({ project, sessions: [wish] }));
process.stdout.write(`${made.sessions[0]?.id}\n`);
