/** What a person sees where a turn breaks, ends, is stopped or asks: real git, daemon and log. */
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { call, say, shellCall, status } from "#main/agent/testing/model-server/script.ts";
import { openLog } from "#main/storage/log.ts";
import type { Log, LogOptions } from "#main/storage/log.ts";
import type { EventType } from "#shared/session/events.ts";
import { createWorld, isOver, valueOf } from "./testing/world.ts";

const question = call("ask_user", { question: "Which?", options: null });

/** A log that calls `before` with the types of each append. What it throws, the append throws. */
const watchedLog =
  (before: (types: readonly EventType[]) => Promise<void> | void) =>
  async (options: LogOptions): Promise<Log> => {
    const log = await openLog(options);
    return {
      ...log,
      append: async (drafts) => {
        await before(drafts.map((draft) => draft.type));
        return log.append(drafts);
      },
    };
  };

test("a turn that breaks outside the agent fails in the log, and goes on when it is continued", async () => {
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  let broken = 1;
  const open = watchedLog((types) => {
    if (types.includes("checkpoint.created") && broken-- > 0) throw new Error("the disk is full");
  });
  await using host = await world.start({ open });
  const session = await host.create();
  const failed = await host.until(session, isOver);
  expect(failed).toMatchObject({
    state: "needs_you",
    turn: { status: "failed", failure: { code: "internal" } },
  });
  valueOf(await host.host.services.sessions.continue({ session }));
  expect(await host.until(session, (now) => now.turn?.status === "completed")).toMatchObject({
    state: "idle",
  });
});

test("a turn whose end could not be written is ended by a stop", async () => {
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  let full = true;
  const reported = Promise.withResolvers<unknown>();
  const open = watchedLog((types) => {
    if (full && types.some((type) => type === "turn.completed" || type === "turn.failed"))
      throw new Error("the disk is full");
  });
  await using host = await world.start({ open, report: reported.resolve });
  const session = await host.create();
  expect(await reported.promise).toMatchObject({ message: "the disk is full" });
  expect((await host.summary(session)).state).toBe("running");
  full = false;
  valueOf(await host.host.services.sessions.stop({ session }));
  expect((await host.summary(session)).turn).toMatchObject({ status: "interrupted", reason: "stopped" });
});

test("a session that breaks before it has a worktree says so, and is prepared when it is continued", async () => {
  await using world = await createWorld([{ match: "", steps: [say("Done.")] }]);
  await rm(world.dir.worktrees, { recursive: true });
  await writeFile(world.dir.worktrees, "");
  await using host = await world.start();
  const session = await host.create();
  const failed = await host.until(session, (now) => now.state !== "preparing");
  expect(failed).toMatchObject({ state: "needs_you", worktreeFailure: { code: "files_failed" } });
  await rm(world.dir.worktrees);
  valueOf(await host.host.services.sessions.continue({ session }));
  expect((await host.until(session, isOver)).turn?.status).toBe("completed");
});

test("an answer that comes before anybody waits for it is not lost, and there is one", async () => {
  await using world = await createWorld([{ match: "", steps: [question, say("Thanks.")] }]);
  // The question can be seen once it is stored; what is stored next is held until the answer is there.
  const answered = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const open = async (options: LogOptions): Promise<Log> => {
    const log = await openLog(options);
    return {
      ...log,
      append: async (drafts) => {
        const events = await log.append(drafts);
        if (drafts.some(({ type, body }) => type === "item.started" && body.content.kind === "question"))
          asked.resolve();
        if (drafts.some(({ type }) => type === "usage.updated")) await answered.promise;
        return events;
      },
    };
  };
  await using host = await world.start({ open });
  const session = await host.create();
  await asked.promise;
  const { sessions } = host.host.services;
  await host.until(session, (now) => now.open.some(({ content }) => content.kind === "question"));
  const [first, second] = await Promise.all([
    sessions.answer({ session, answer: "the left one" }),
    sessions.answer({ session, answer: "the right one" }),
  ]);
  answered.resolve();
  expect([first, second]).toMatchObject([{ ok: true }, { ok: false, failure: { code: "nothing_asked" } }]);
  await host.until(session, isOver);
  const items = (await host.history(session)).filter((event) => event.type === "item.completed");
  expect(items.map(({ body }) => body.content)).toContainEqual({
    kind: "question",
    question: "Which?",
    answer: "the left one",
  });
});

test("what follows a turn's end at once is not refused and not lost", async () => {
  await using world = await createWorld([{ match: "", steps: [status(400), say("Now."), say("Again.")] }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create();
  const failed = await host.until(session, isOver);
  expect(failed.turn?.status).toBe("failed");
  expect(await sessions.continue({ session })).toMatchObject({ ok: true });
  await host.until(session, (now) => now.turns === 2 && isOver(now));
  expect(await sessions.merge({ session, how: "squash" })).toMatchObject({
    failure: { code: "nothing_to_merge" },
  });
  expect(await sessions.continue({ session })).toMatchObject({ failure: { code: "nothing_to_continue" } });
});

test("a stop during an approval is no refusal: nobody said no", async () => {
  await using world = await createWorld([{ match: "", steps: [shellCall("touch x"), say("Done.")] }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create({ approval: "untrusted" });
  await host.until(session, (now) => now.approvals.length > 0);
  valueOf(await sessions.stop({ session }));
  const items = (await host.history(session)).filter((event) => event.type === "item.completed");
  const last = items.at(-1)?.body;
  expect(last).toMatchObject({ status: "interrupted" });
  expect(JSON.stringify(last?.model)).toContain("stopped by the person");
  expect(JSON.stringify(last?.model)).not.toContain("said no");
});

test("of two answers to one approval the second has nothing to answer", async () => {
  await using world = await createWorld([{ match: "", steps: [shellCall("touch x"), say("Done.")] }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create({ approval: "untrusted" });
  await host.until(session, (now) => now.approvals.length > 0);
  const answers = await Promise.all([
    sessions.resolveApproval({ session, decision: "approved" }),
    sessions.resolveApproval({ session, decision: "denied" }),
  ]);
  expect(answers).toMatchObject([{ ok: true }, { ok: false, failure: { code: "nothing_asked" } }]);
  await host.until(session, isOver);
});

test("a message that comes while a failed or stopped turn is wrapped up gets its turn", async () => {
  await using world = await createWorld([
    { match: "after", steps: [say("Got it.")] },
    { match: "", steps: [status(400)] },
  ]);
  const wrapping = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<void>();
  const open = watchedLog(async (types) => {
    if (!types.includes("checkpoint.created")) return;
    wrapping.resolve();
    await sent.promise;
  });
  await using host = await world.start({ open });
  const { sessions } = host.host.services;
  const session = await host.create();
  await wrapping.promise;
  valueOf(await sessions.send({ session, text: "and after that this", delivery: "queue" }));
  sent.resolve();
  const done = await host.until(session, (now) => now.turn?.status === "completed");
  expect(done).toMatchObject({ turns: 2, messages: [], lastLine: "Got it." });
});

test("a worktree that is gone is said, not worked in; it goes on where it came back", async () => {
  await using world = await createWorld([{ match: "", steps: [say("One."), say("Two.")] }]);
  await using host = await world.start();
  const { sessions } = host.host.services;
  const session = await host.create();
  const { worktree } = await host.until(session, isOver);
  const away = path.join(world.root, "away");
  await rename(worktree ?? "", away);
  valueOf(await sessions.send({ session, text: "go on", delivery: "queue" }));
  const gone = await host.until(session, (now) => now.worktreeFailure !== null);
  expect(gone).toMatchObject({ state: "needs_you", turns: 1, worktreeFailure: { code: "worktree_gone" } });
  await rename(away, worktree ?? "");
  valueOf(await sessions.continue({ session }));
  const done = await host.until(session, (now) => now.turns === 2 && isOver(now));
  expect(done).toMatchObject({ worktreeFailure: null, turn: { status: "completed" }, messages: [] });
});
