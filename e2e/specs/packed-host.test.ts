/** What the packed app ships beside its window, by itself: no repository near, and no Node but its own. */
import { execFile } from "node:child_process";
import { mkdir, rename, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { connect } from "#app/cli/connect.ts";
import { say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { fillHost } from "../../scripts/package.mjs";
import { createOriel } from "../driver/oriel.ts";
import { createRepository, git } from "../driver/repository.ts";
import { builtApp } from "../driver/window.ts";
import type { BuiltApp } from "../driver/window.ts";

const execute = promisify(execFile);

let built: BuiltApp;
beforeAll(async () => {
  built = await builtApp();
}, 180_000);
afterAll(() => built[Symbol.asyncDispose]());

test.skipIf(process.platform === "win32")(
  "the filled folder runs wherever it is moved to: command, agent, terminal and page",
  async () => {
    await using server = await startModelServer([
      { match: "", steps: [shellCall("echo A > a.txt"), say("Done.")] },
    ]);
    await using oriel = await createOriel();
    const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
    const filled = path.join(oriel.root, "filled");
    fillHost(filled, process.execPath, path.dirname(built.command));
    const moved = path.join(oriel.root, "an app", "host");
    await mkdir(path.dirname(moved));
    await rename(filled, moved);
    const command = path.join(oriel.root, "oriel");
    await symlink(path.join("an app", "host", "bin", "oriel"), command);

    const env = {
      PATH: "/usr/bin:/bin",
      HOME: oriel.root,
      OPENAI_BASE_URL: server.url,
      OPENAI_API_KEY: "sk-none",
    };
    const run = async (...args: string[]): Promise<string> =>
      (await execute(command, [...args, "--data-dir", oriel.dataDir], { env, cwd: oriel.root })).stdout;
    expect(await run("--version")).toBe(`${VERSION}\n`);
    await run("run", "--project", project, "--task", "Write it", "--sandbox", "workspace-write");
    // At once: a host that nobody is connected to ends soon.
    using connection = await connect(oriel.dataDir);
    expect(await git(project, "show", "oriel/write-it:a.txt")).toBe("A");
    const [session] = z
      .array(z.object({ id: z.string() }))
      .parse(JSON.parse(await run("sessions", "--json")));

    const client = connection?.client;
    const terminal = await client?.terminals.open({ session: session?.id ?? "", cols: 80, rows: 24 });
    expect(terminal).toMatchObject({ cols: 80, rows: 24, exitCode: null });
    const sandbox = (await client?.host.info())?.sandbox;
    expect(sandbox?.kind === "none" ? sandbox.reason : sandbox?.limits?.length).toBeTruthy();
    const page = new URL((await client?.host.openWeb({}))?.url ?? "");
    const html = await (await fetch(page)).text();
    const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? "";
    expect((await fetch(new URL(script, page))).headers.get("content-type")).toContain("javascript");
  },
);
