import { expect, test } from "vitest";
import { say } from "#main/agent/testing/model-server/script.ts";
import { gitIn } from "#main/git/testing/repositories.ts";
import { openLog } from "#main/storage/log.ts";
import type { LogOptions } from "#main/storage/log.ts";
import { createWorld, isOver } from "./testing/world.ts";

const wish = { task: "Do it", agent: "oriel", approval: "on-request", sandbox: "workspace-write" } as const;

test("where not all sessions can be stored, none is made and nothing of them is left", async () => {
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  let left = 1;
  const open = async (options: LogOptions) => {
    const log = await openLog(options);
    return {
      ...log,
      append: (drafts: Parameters<typeof log.append>[0]) => {
        left -= drafts.filter(({ type }) => type === "session.created").length;
        return left < 0 ? Promise.reject(new Error("the disk is full")) : log.append(drafts);
      },
    };
  };
  await using host = await world.start({ open });
  const { sessions } = host.host.services;
  const made = sessions.create({ project: world.project, sessions: [wish, wish] });
  await expect(made).rejects.toThrow("the disk is full");
  expect(await sessions.list(undefined)).toEqual({ ok: true, value: [] });
  expect(await gitIn(world.project, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
});

test("a secret in a task's first line is in no name", async () => {
  const secret = "hunter2hunter2hunter2";
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  const env = { PATH: process.env["PATH"], OPENAI_BASE_URL: world.server.url, DEPLOY_TOKEN: secret };
  await using host = await world.start({ env });
  const session = await host.create({ task: `deploy with ${secret} please` });
  const done = await host.until(session, isOver);
  expect(JSON.stringify(done)).not.toContain(secret);
  expect(await gitIn(world.project, "branch", "--list")).not.toContain(secret);
  expect(done.branch).toContain("deploy-with");
});
