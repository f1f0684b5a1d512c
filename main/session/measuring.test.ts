import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { manualClock } from "#main/agent/testing/manual-clock.ts";
import { call, say } from "#main/agent/testing/model-server/script.ts";
import type { ChangeSize, Event, EventBody } from "#shared/session/events.ts";
import { startMeasuring } from "./measuring.ts";
import { createRecord } from "./record.ts";
import { createWorld, isOver } from "./testing/world.ts";

const REST_MS = 2000;
const size = (files: number): ChangeSize => ({ files, added: files, removed: 0 });

/** A turn whose measurements the test answers, one by one. */
async function bench({ tookMs = 0 } = {}) {
  const stored: Event[] = [];
  let id = 0;
  let time = 0;
  const record = createRecord({
    id: "ses_1",
    now: () => time,
    log: {
      append: async (drafts) => {
        const events: Event[] = drafts.map((draft) => ({ ...draft, id: ++id, seq: id, v: 1 }));
        stored.push(...events);
        return events;
      },
    },
  });
  const root = { project: "/p", base: "main", commit: "0", branch: "oriel/x" };
  const texts = { title: "X", task: "X", slug: "x", agent: "oriel", provider: "openai", model: "m" };
  const policy = { approval: "never", sandbox: "workspace-write", parent: null, origin: "person" } as const;
  await record.append("session.created", { ...texts, ...policy, roots: [root] });
  await record.append("turn.started", { turn: "t", reason: "task", sandboxed: true });
  const answers: PromiseWithResolvers<ChangeSize | null>[] = [];
  let asked = Promise.withResolvers<void>();
  const clock = manualClock();
  const reported: unknown[] = [];
  const measuring = startMeasuring({
    record,
    turn: "t",
    restMs: REST_MS,
    clock: { ...clock, now: () => time },
    report: (error) => reported.push(error),
    measure: (signal) => {
      const answer = Promise.withResolvers<ChangeSize | null>();
      signal.addEventListener("abort", () => answer.reject(signal.reason));
      answers.push(answer);
      asked.resolve();
      asked = Promise.withResolvers();
      return answer.promise.finally(() => (time += tookMs));
    },
  });
  return {
    clock,
    reported,
    /** How often was measured, and what was told of it. */
    seen: () => ({
      measured: answers.length,
      told: stored.flatMap((event) => (event.type === "changes.measured" ? [event.body.changes.files] : [])),
    }),
    change: async (body: Partial<EventBody<"item.completed">> = {}) => {
      const item: EventBody<"item.completed"> = {
        turn: "t",
        item: "i",
        status: "completed",
        content: { kind: "file_change", changes: [] },
        ...body,
      };
      measuring.after(await record.append("item.completed", item));
    },
    /** Answers the measurement that is under way, and waits until it rests. */
    answer: async (changes: ChangeSize | null | Error, restMs = REST_MS) => {
      if (changes instanceof Error) answers.at(-1)?.reject(changes);
      else answers.at(-1)?.resolve(changes);
      await clock.waitingFor(restMs);
    },
    /** Ends the rest, and waits for the next measurement. */
    next: async (restMs = REST_MS) => {
      const begun = asked.promise;
      clock.ring(restMs);
      await begun;
    },
    end: () => measuring[Symbol.asyncDispose](),
  };
}

test("changes in a row are measured once more after the rest, and the last is never dropped", async () => {
  const turn = await bench();
  await turn.change();
  await turn.change();
  expect(turn.seen()).toEqual({ measured: 1, told: [] });
  await turn.answer(size(1));
  await turn.change();
  await turn.change();
  expect(turn.seen()).toEqual({ measured: 1, told: [1] });
  await turn.next();
  await turn.answer(size(3));
  expect(turn.seen()).toEqual({ measured: 2, told: [1, 3] });
  await turn.end();
});

test("nothing is measured where nothing can have changed, and nothing is told that was told", async () => {
  const turn = await bench();
  const command = { kind: "command", command: "ls", cwd: "" } as const;
  await turn.change({ content: { ...command, sandbox: "read-only" } });
  await turn.change({ content: { kind: "message", role: "agent", text: "Hm." } });
  await turn.change({ status: "denied" });
  expect(turn.seen()).toEqual({ measured: 0, told: [] });
  await turn.change({ content: { ...command, sandbox: "workspace-write" } });
  await turn.answer(size(0));
  await turn.change();
  await turn.next();
  await turn.answer(null);
  expect(turn.seen()).toEqual({ measured: 2, told: [] });
  await turn.end();
});

test("the rest is five times as long as the measurement took", async () => {
  const turn = await bench({ tookMs: 900 });
  await turn.change();
  await turn.answer(size(1), 4500);
  expect(turn.clock.asked).toEqual([4500]);
  await turn.end();
});

test("what breaks is reported, and the next one is made", async () => {
  const turn = await bench();
  await turn.change();
  await turn.answer(new Error("git is gone"));
  await turn.change();
  await turn.next();
  await turn.answer(size(2));
  expect({ ...turn.seen(), reported: turn.reported.length }).toEqual({
    measured: 2,
    told: [2],
    reported: 1,
  });
  await turn.end();
});

test("nothing is told after the end", async () => {
  const turn = await bench();
  await turn.change();
  await turn.end();
  await turn.change();
  expect(turn.seen()).toEqual({ measured: 1, told: [] });
  expect(turn.reported).toEqual([]);
});

const add = (name: string, text: string) =>
  call("apply_patch", { patch: `*** Begin Patch\n*** Add File: ${name}\n${text}\n*** End Patch` });
const wait = call("shell", {
  command: "tail -f /dev/null",
  cwd: null,
  yield_ms: 600_000,
  stdin: null,
  escalate: null,
});

test("a session's size moves while its turn is at work", async () => {
  await using world = await createWorld([
    { match: "", steps: [add("new.txt", "+one\n+two"), wait, say("Done.")] },
  ]);
  await using host = await world.start();
  const session = await host.create();
  const now = await host.until(session, ({ changes }) => changes !== null);
  expect({ status: now.turn?.status, changes: now.changes }).toEqual({
    status: "running",
    changes: { files: 1, added: 2, removed: 0 },
  });
  await host.host.services.sessions.stop({ session });
  await host.until(session, isOver);
  const types = (await host.history(session)).map((event) => event.type);
  expect(types.filter((type) => type === "changes.measured")).toHaveLength(1);
  expect(types.at(-1)).toBe("turn.interrupted");
});

test("a turn that is stopped leaves the size that was found at its end", async () => {
  await using world = await createWorld([
    { match: "", steps: [add("kept.txt", "+one"), say("Done."), add("new.txt", "+two"), wait, say("Done.")] },
  ]);
  await using host = await world.start();
  const session = await host.create();
  const first = await host.until(session, isOver);
  await host.host.services.sessions.send({ session, text: "More.", delivery: "queue" });
  await host.until(session, ({ changes, open }) => changes?.files === 2 && open.length > 0);
  await rm(`${first.worktree}/new.txt`);
  await host.host.services.sessions.stop({ session });
  const last = await host.until(session, (now) => now.turns === 2 && isOver(now));
  expect({ before: first.changes, now: last.changes }).toEqual({
    before: { files: 1, added: 1, removed: 0 },
    now: { files: 1, added: 1, removed: 0 },
  });
});
