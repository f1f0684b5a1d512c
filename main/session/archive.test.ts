import { execFileSync } from "node:child_process";
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon } from "#main/daemon/client.ts";
import { restore } from "#main/git/archive.ts";
import { gitIn } from "#main/git/testing/repositories.ts";
import { openLog } from "#main/storage/log.ts";
import type { LogOptions } from "#main/storage/log.ts";
import type { EventType } from "#shared/session/events.ts";
import { createWorld, isOver, valueOf } from "./testing/world.ts";

/** A log that dies once, instead of storing an event of this type. */
function failingOnce(type: EventType) {
  let fails = true;
  return async (options: LogOptions) => {
    const log = await openLog(options);
    return {
      ...log,
      append: (drafts: Parameters<typeof log.append>[0]) => {
        if (!fails || drafts.every((draft) => draft.type !== type)) return log.append(drafts);
        fails = false;
        return Promise.reject(new Error("the host died"));
      },
    };
  };
}

test("a session that never got a worktree can be archived, and begins after it was restored", async () => {
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  await rm(world.dir.worktrees, { recursive: true });
  await writeFile(world.dir.worktrees, "");
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create();
  await host.until(session, (now) => now.worktreeFailure !== null);
  await rm(world.dir.worktrees);
  expect(await sessions.archive({ session })).toMatchObject({ ok: true, value: { state: "archived" } });
  expect(await gitIn(world.project, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
  expect(await readdir(world.dir.git)).toEqual([]);
  valueOf(await sessions.restore({ session }));
  valueOf(await sessions.continue({ session }));
  expect((await host.until(session, isOver)).turn?.status).toBe("completed");
});

test("an archived session leaves nothing temporary, and the daemon has forgotten its commands", async () => {
  const left = call("shell", {
    command: "touch $TMPDIR/x; sleep 1000",
    cwd: null,
    yield_ms: 1,
    stdin: null,
    escalate: null,
  });
  await using world = await createWorld([
    { match: "", steps: [left, say("Done."), shellCall("ls $TMPDIR"), say("Done.")] },
  ]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create();
  await host.until(session, isOver);
  expect(await readdir(world.dir.agents)).toEqual([session]);
  valueOf(await sessions.archive({ session }));
  expect(await readdir(world.dir.agents)).toEqual([]);
  await using daemon = await connectDaemon({ stateDir: world.dir.state });
  expect(await daemon?.list()).toEqual([]);
  valueOf(await sessions.restore({ session }));
  valueOf(await sessions.send({ session, text: "look", delivery: "queue" }));
  expect((await host.until(session, (now) => now.turns === 2 && isOver(now))).turn?.status).toBe("completed");
});

test("a merge whose event a crash swallowed is found by the next merge", async () => {
  await using world = await createWorld([
    { match: "", steps: [shellCall("echo two > b.txt"), say("Done.")] },
  ]);
  await using host = await world.start({ open: failingOnce("branch.merged") });
  const { sessions } = host.host.services;
  const session = await host.create();
  await host.until(session, isOver);
  await expect(sessions.merge({ session, how: "squash" })).rejects.toThrow("the host died");
  const tip = await gitIn(world.project, "rev-parse", "main");
  const merged = valueOf(await sessions.merge({ session, how: "squash" }));
  expect(merged).toMatchObject({ state: "merged", merged: { into: "main", commit: tip } });
  expect(await sessions.merge({ session, how: "squash" })).toMatchObject({
    failure: { code: "nothing_to_merge" },
  });
});

test("what a turn changed whose checkpoint a crash swallowed is told by the next one", async () => {
  const steps = [shellCall("echo one > b.txt"), say("Done."), shellCall("echo two > c.txt"), say("Done.")];
  await using world = await createWorld([{ match: "", steps }]);
  await using host = await world.start({ open: failingOnce("checkpoint.created") });
  const session = await host.create();
  await host.until(session, isOver);
  valueOf(await host.host.services.sessions.continue({ session }));
  await host.until(session, (now) => now.turns === 2 && isOver(now));
  const told = (await host.history(session)).flatMap((event) =>
    event.type === "checkpoint.created" ? [event.body.changed?.files.map((file) => file.path)] : [],
  );
  expect(told).toEqual([["b.txt", "c.txt"]]);
});

test("under `untrusted` a search and a list of files run without a question", async () => {
  const search = call("search", { pattern: "o(n|f)e$", path: null, glob: null });
  const list = call("list_files", { path: null, glob: null });
  await using world = await createWorld([{ match: "", steps: [search, list, say("Done.")] }]);
  await using host = await world.start();
  const session = await host.create({ approval: "untrusted" });
  const over = await host.until(session, (now) => isOver(now) || now.approvals.length > 0);
  expect(over.approvals).toEqual([]);
  const items = (await host.history(session)).filter((event) => event.type === "item.completed");
  expect(JSON.stringify(items.map(({ body }) => body.model))).toContain("a.txt:1:one");
});

test("only what is archived is removed for good; nothing else is touched, and it can't be restored", async () => {
  const work = shellCall("echo two > b.txt && ln -s ../../.. up && ln -s $PWD/../.. away");
  await using world = await createWorld([{ match: "", steps: [work, say("Done."), work, say("Done.")] }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const [session, other] = [await host.create(), await host.create()];
  for (const id of [session, other]) await host.until(id, isOver);
  expect(await sessions.purge({ session })).toMatchObject({ failure: { code: "not_archived" } });
  valueOf(await sessions.archive({ session }));
  const { worktrees, git } = world.dir;
  const outside = async () => ({
    files: execFileSync("find", [
      worktrees,
      git,
      path.join(world.project, "a.txt"),
      "-printf",
      "%p %s %T@\\n",
    ]).toString(),
    branches: await gitIn(world.project, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads"),
  });
  const before = await outside();
  const purged = valueOf(await sessions.purge({ session }));
  expect({ state: purged.state, purged: purged.purged, trash: await readdir(world.dir.trash) }).toEqual({
    state: "archived",
    purged: true,
    trash: [],
  });
  expect(await outside()).toEqual(before);
  expect(await sessions.restore({ session })).toMatchObject({ failure: { code: "session_purged" } });
  valueOf(await sessions.purge({ session }));
  const types = (await host.history(session)).map((event) => event.type);
  expect(types.filter((type) => type === "session.purged")).toHaveLength(1);
});

test("what is half restored, when the host died in the middle, is not removed but restored", async () => {
  await using world = await createWorld([
    { match: "", steps: [shellCall("echo two > b.txt"), say("Done.")] },
  ]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create();
  const { worktree } = await host.until(session, isOver);
  valueOf(await sessions.archive({ session }));
  valueOf(await restore(world.dir.root, session));
  expect(await sessions.purge({ session })).toMatchObject({ failure: { code: "still_there" } });
  const restored = valueOf(await sessions.restore({ session }));
  expect({ state: restored.state, files: await readdir(worktree ?? "") }).toEqual({
    state: "ready",
    files: [".git", "a.txt", "b.txt"],
  });
});
