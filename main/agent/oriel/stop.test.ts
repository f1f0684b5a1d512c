/** The person stops a turn: everything ends soon, and the conversation stays one that a server accepts. */
import { expect, test } from "vitest";
import { call, say, shellCall } from "../testing/model-server/script.ts";
import { isRetryWait, scriptedSession } from "../testing/scripted-turn.ts";
import { manualClock } from "../testing/manual-clock.ts";
import { status } from "../testing/model-server/script.ts";

const stopped = { kind: "interrupted", reason: "stopped", text: "Stopped by you. What was done is kept." };

test("while the model speaks", async () => {
  await using it = await scriptedSession([say("one two", { fault: { kind: "silence", afterEvents: 3 } })]);
  const turn = it.run();
  await it.session.event("item.started");
  it.session.stop();
  expect(await turn).toEqual(stopped);
  expect(it.told()).toEqual(['started b agent ""', 'interrupted b agent "one "']);
});

test("while the model has not begun to speak", async () => {
  await using it = await scriptedSession([
    say("never", { fault: { kind: "silence", afterEvents: "headers" } }),
  ]);
  const turn = it.run();
  await it.server.silent(1);
  it.session.stop();
  expect(await turn).toEqual(stopped);
  expect(it.told()).toEqual([]);
});

test("between a call that came whole and the end of its response: it is answered without having run", async () => {
  await using it = await scriptedSession([
    shellCall("touch ran", { fault: { kind: "silence", afterEvents: 5 } }),
  ]);
  const turn = it.run();
  await it.session.event("item.started");
  it.session.stop();
  expect(await turn).toEqual(stopped);
  expect(it.told()).toEqual([
    "started b $ touch ran [function_call]",
    "interrupted b $ touch ran [function_call_output]",
  ]);
  expect(it.session.started).toEqual([]);
});

test("while commands run: they are ended with their children, and the next turn goes on from there", async () => {
  await using it = await scriptedSession([
    {
      output: [
        {
          call: "shell",
          arguments: {
            command: "sleep 1000 & echo up; wait",
            cwd: null,
            yield_ms: null,
            stdin: null,
            escalate: null,
          },
        },
      ],
    },
    say("ok"),
  ]);
  const turn = it.run();
  await it.session.event("item.started");
  await it.clock.waitingFor(10_000);
  it.session.stop();
  expect(await turn).toEqual(stopped);
  expect(it.told()).toEqual([
    "started b $ sleep 1000 & echo up; wait [function_call]",
    "usage.updated",
    "interrupted b $ sleep 1000 & echo up; wait -> null [function_call_output]",
  ]);
  expect(await it.run("go on")).toEqual({ kind: "completed" });
  expect(JSON.stringify(it.server.requests.at(-1)?.body["input"])).toContain(
    "the person stopped the turn; the command was ended",
  );
});

test("a command that went on behind its call is ended too", async () => {
  await using it = await scriptedSession([
    call("shell", { command: "sleep 1000", cwd: null, yield_ms: 7, stdin: null, escalate: null }),
    say("waiting", { fault: { kind: "silence", afterEvents: 3 } }),
  ]);
  const turn = it.run();
  await it.session.event("item.started", (event) => event.body.content.kind === "message");
  it.session.stop();
  expect(await turn).toEqual(stopped);
  const handle = it.session.started[0]?.handle ?? "";
  const command = await it.session.find(handle);
  expect(await command?.exited(new AbortController().signal)).toMatchObject({ signal: "SIGKILL" });
});

test("while it waits to ask again", async () => {
  const clock = manualClock();
  await using it = await scriptedSession([status(503)], { clock });
  const turn = it.run();
  await clock.waitingFor(500);
  it.session.stop();
  expect(await turn).toEqual(stopped);
  expect(isRetryWait(500)).toBe(true);
});

test("while the person is asked", async () => {
  const asked = Promise.withResolvers<string>();
  const reached = Promise.withResolvers<void>();
  await using it = await scriptedSession([call("ask_user", { question: "Which?", options: ["a", "b"] })], {
    session: { ports: { ask: () => (reached.resolve(), asked.promise) } },
  });
  const turn = it.run();
  await reached.promise;
  it.session.stop();
  asked.reject(new DOMException("stopped", "AbortError"));
  expect(await turn).toEqual(stopped);
  expect(it.told()).toEqual([
    "started b question Which? [function_call]",
    "usage.updated",
    "interrupted b question Which? [function_call_output]",
  ]);
});

test("while commands run that can't be ended: it does not wait for ever", async () => {
  const never = new Promise<never>(() => undefined);
  const stuck = {
    handle: "cmd_stuck",
    sandbox: "none",
    read: async () => ({ bytes: new Uint8Array(), offset: 0, total: 0 }),
    watch: () => () => undefined,
    exited: (signal: AbortSignal) =>
      new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null))),
    write: () => never,
    kill: () => never,
    finish: () => never,
  } as const;
  const commands = {
    daemonInstance: async () => "dmn_stuck",
    start: async () => ({ ok: true, value: stuck }) as const,
    find: async () => null,
  };
  await using it = await scriptedSession([shellCall("sleep 1000")], { session: { ports: { commands } } });
  const turn = it.run();
  await it.clock.waitingFor(300_000);
  it.session.stop();
  await it.clock.waitingFor(5_000);
  it.clock.ring(5_000);
  expect(await turn).toEqual(stopped);
  expect(JSON.stringify(it.session.log.at(-1)?.body)).toContain("whether the command has ended is not known");
});

test("a surprise in one call ends the turn when the others have ended too", async () => {
  const shell = (command: string) => ({
    call: "shell",
    arguments: { command, cwd: null, yield_ms: null, stdin: null, escalate: null },
  });
  let ended = false;
  const commands = {
    daemonInstance: async () => "dmn_a",
    start: async ({ command }: { command: string }) => {
      if (command === "first") throw new Error("a surprise");
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
      return { ok: false, failure: { code: "exists", message: "It was started before." } } as const;
    },
    find: async () => null,
  };
  await using it = await scriptedSession([{ output: [shell("first"), shell("second")] }], {
    session: { ports: { commands } },
  });
  await expect(it.run()).rejects.toThrow("a surprise");
  expect(ended).toBe(true);
});
