/** Real daemons for tests, and nothing left of them afterwards. */
import path from "node:path";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { type CommandSpec, type DaemonClient, connectDaemon, ensureDaemon } from "../client.ts";

export const ENTRY = path.resolve(import.meta.dirname, "../../../app/daemon/main.ts");

export interface TestDaemon extends AsyncDisposable {
  readonly stateDir: string;
  /** A new client, and the daemon where none runs. The client is closed with the block. */
  client(): Promise<DaemonClient>;
}

/** A data directory of its own; at the end its daemon, if one runs, is shut down with all that it runs. */
export async function testDaemon(): Promise<TestDaemon> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir("oriel-daemon-"));
  stack.defer(async () => {
    const last = await connectDaemon({ stateDir: dir.path });
    await last?.shutdown();
    await last?.closed;
  });
  return {
    stateDir: dir.path,
    client: async () =>
      stack.use(await ensureDaemon({ stateDir: dir.path, entry: ENTRY, version: "test", idleMs: 60_000 })),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

let lastId = 0;
const uniqueId = (): string => `cmd-${process.pid}-${Date.now().toString(36)}-${lastId++}`;

/** A command that runs `script` in bash, in /tmp. */
export const bash = (script: string, rest: Partial<CommandSpec> = {}): CommandSpec => ({
  id: uniqueId(),
  session: "ses_test",
  argv: ["bash", "-c", script],
  cwd: "/tmp",
  env: { PATH: process.env["PATH"] ?? "" },
  keepBytes: 64 * 1024,
  ...rest,
});

/** All of the kept output as text. */
export async function outputOf(client: DaemonClient, id: string): Promise<string> {
  return Buffer.from((await client.read(id, 0, 1024 * 1024)).bytes).toString("utf8");
}
