/** A host as a process of its own, for tests to kill: `host.ts STATE_DIR SPEC_JSON`. Says `started` and stays. */
import { ensureDaemon } from "../client.ts";
import { commandSpec } from "../protocol.ts";
import { ENTRY } from "./test-daemon.ts";

const [stateDir = "", spec = ""] = process.argv.slice(2);
const client = await ensureDaemon({ stateDir, entry: ENTRY, version: "test" });
const started = await client.start(commandSpec.parse(JSON.parse(spec)));
process.stdout.write(started.ok ? "started\n" : `${started.failure.message}\n`);
await client.closed;
