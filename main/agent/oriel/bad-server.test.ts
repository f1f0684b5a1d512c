/** What a bad day of the model's server does to a turn. */
import { expect, test } from "vitest";
import { z } from "zod";
import { manualClock } from "../testing/manual-clock.ts";
import { startModelServer } from "../testing/model-server/model-server.ts";
import { say, shellCall, status, type Reply, type Step } from "../testing/model-server/script.ts";
import { isRetryWait, scriptedSession, SILENCE_MS, type ScriptedSession } from "../testing/scripted-turn.ts";

const done = ['started b agent ""', 'completed b agent "ok" [message]', "usage.updated"];

const waits = ({ clock }: ScriptedSession): number[] => clock.asked.filter(isRetryWait);

const outputs = ({ server }: ScriptedSession): string[] => {
  const input = z.array(z.record(z.string(), z.unknown())).parse(server.requests.at(-1)?.body["input"]);
  return input.flatMap((entry) =>
    entry["type"] === "function_call_output" ? [String(entry["output"])] : [],
  );
};

test.each([429, 500, 502, 503, 529, 408])(
  "%i is asked again, first after less than a second",
  async (code) => {
    await using it = await scriptedSession([status(code), status(code), say("ok")]);
    expect(await it.run()).toEqual({ kind: "completed" });
    expect(it.told()).toEqual(["notice model_retry", "notice model_retry", ...done]);
    expect(waits(it)).toEqual([500, 1500]);
  },
);

test("Retry-After is kept to, in seconds and as a date", async () => {
  const now = manualClock().now();
  await using it = await scriptedSession([
    status(429, { "retry-after": "7" }),
    status(503, { "retry-after": new Date(now + 21_000).toUTCString() }),
    say("ok"),
  ]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(waits(it)).toEqual([7000, 21_000]);
});

test("a server that wants to be asked in an hour ends the turn, and says so", async () => {
  await using it = await scriptedSession([status(429, { "retry-after": "3600" })]);
  expect(await it.run()).toEqual({
    kind: "failed",
    failure: {
      code: "model_rate_limited",
      message: "The model's server answered with 429. It asks to wait 3600 s; a turn waits 120 s at most.",
      hint: "Continue the session in 3600 s, or choose another model.",
      details: "429 scripted 429",
    },
  });
  expect(it.told()).toEqual([]);
});

test("a lasting outage ends as unreachable after six requests", async () => {
  await using it = await scriptedSession([status(503)]);
  const end = await it.run();
  expect(end).toMatchObject({ kind: "failed", failure: { code: "model_unreachable" } });
  expect(it.told()).toEqual(Array.from({ length: 5 }, () => "notice model_retry"));
  expect(waits(it)).toEqual([500, 1500, 4500, 13_500, 30_000]);
  expect(it.server.requests).toHaveLength(6);
});

test("a server that is not there is asked again, then unreachable", async () => {
  const gone = await startModelServer([]);
  await gone[Symbol.asyncDispose]();
  await using it = await scriptedSession([say("never")], { model: { baseUrl: gone.url } });
  expect(await it.run()).toMatchObject({
    kind: "failed",
    failure: { code: "model_unreachable", details: expect.stringContaining("ECONNREFUSED") },
  });
  expect(it.told()).toHaveLength(5);
});

test("a page instead of a stream is not taken for an answer", async () => {
  await using it = await scriptedSession([
    { status: 200, headers: { "content-type": "text/html" }, body: "<html>log in</html>" },
    say("ok"),
  ]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()).toEqual(["notice model_retry", ...done]);
});

test.each<[string, Step, object]>([
  ["401", status(401), { code: "model_unauthorized", hint: expect.stringContaining("OPENAI_API_KEY") }],
  ["403", status(403), { code: "model_forbidden" }],
  ["404", status(404), { code: "model_not_found" }],
  ["400", status(400), { code: "model_refused_request", details: "400 scripted 400" }],
  [
    "400, too long",
    status(400, {}, { error: { code: "context_length_exceeded", message: "no" } }),
    { code: "context_full" },
  ],
  [
    "429, no credit",
    status(429, {}, { error: { code: "insufficient_quota", message: "no" } }),
    { code: "model_quota" },
  ],
  [
    "failed, too long",
    { failed: { code: "context_length_exceeded", message: "no" } },
    { code: "context_full" },
  ],
  [
    "failed, refused",
    { failed: { code: "invalid_prompt", message: "no" } },
    { code: "model_refused_request" },
  ],
  ["filtered", { incomplete: "content_filter" }, { code: "model_filtered" }],
  ["too long an answer", { incomplete: "max_output_tokens" }, { code: "model_output_limit" }],
])("%s fails at once and clearly", async (_name, step, failure) => {
  await using it = await scriptedSession([step]);
  expect(await it.run()).toMatchObject({ kind: "failed", failure });
  expect(it.server.requests).toHaveLength(1);
});

test("a response that failed on the server is asked for again", async () => {
  await using it = await scriptedSession([
    { output: [{ say: "half an" }], failed: { code: "server_error", message: "oops" } },
    say("ok"),
  ]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()).toEqual([
    'started b agent ""',
    'interrupted b agent "half an"',
    "notice model_retry",
    'started c agent ""',
    'completed c agent "ok" [message]',
    "usage.updated",
  ]);
});

test("a message cut in the middle is shown as interrupted and asked for again, word for word", async () => {
  await using it = await scriptedSession([
    say("one two three", { fault: { kind: "cut", afterEvents: 4 } }),
    say("ok"),
  ]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()).toEqual([
    'started b agent ""',
    'interrupted b agent "one two "',
    "notice model_retry",
    'started c agent ""',
    'completed c agent "ok" [message]',
    "usage.updated",
  ]);
  expect(it.server.requests[1]?.body).toEqual(it.server.requests[0]?.body);
});

test("a silent server is given up after the limit: before the headers, and between two events", async () => {
  const clock = manualClock(isRetryWait);
  await using it = await scriptedSession(
    [
      say("never", { fault: { kind: "silence", afterEvents: "headers" } }),
      say("one two", { fault: { kind: "silence", afterEvents: 3 } }),
      say("ok"),
    ],
    { clock },
  );
  const turn = it.run();
  await it.server.silent(1);
  clock.ring(SILENCE_MS);
  await it.session.event("item.started");
  clock.ring(SILENCE_MS);
  expect(await turn).toEqual({ kind: "completed" });
  expect(it.told()).toEqual([
    "notice model_retry",
    'started b agent ""',
    'interrupted b agent "one "',
    "notice model_retry",
    'started c agent ""',
    'completed c agent "ok" [message]',
    "usage.updated",
  ]);
});

/** One whole call and one half: `created`, `added`, two pieces and `done` of the first, then `added` and a piece. */
const cutSecondCall = (fault: Reply["fault"]): Reply => ({
  output: [
    {
      call: "shell",
      arguments: '{"command":"echo ran >>ran", "cwd":null,"yield_ms":null,"stdin":null,"escalate":null}',
    },
    {
      call: "shell",
      arguments: '{"command":"echo never >>ran", "cwd":null,"yield_ms":null,"stdin":null,"escalate":null}',
    },
  ],
  ...(fault ? { fault } : {}),
});

test("a call that came whole before the cut runs once and is not asked for again; a half one is dropped", async () => {
  await using it = await scriptedSession([
    cutSecondCall({ kind: "cut", afterEvents: 10 }),
    shellCall("cat ran"),
    say("ok"),
  ]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told().slice(0, 4)).toEqual([
    "started b $ echo ran >>ran [function_call]",
    "notice model_cut",
    "completed b $ echo ran >>ran -> 0 [function_call_output]",
    "started c $ cat ran [function_call]",
  ]);
  expect(outputs(it).at(-1)).toMatch(/output:\nran\n$/);
  expect(it.session.started.map((request) => request.command)).toEqual(["echo ran >>ran", "cat ran"]);
});

test("the same where the server falls silent instead of hanging up", async () => {
  await using it = await scriptedSession([cutSecondCall({ kind: "silence", afterEvents: 10 }), say("ok")]);
  const turn = it.run();
  await it.session.event("item.started");
  it.clock.ring(SILENCE_MS);
  expect(await turn).toEqual({ kind: "completed" });
  expect(it.told().slice(0, 3)).toEqual([
    "started b $ echo ran >>ran [function_call]",
    "notice model_cut",
    "completed b $ echo ran >>ran -> 0 [function_call_output]",
  ]);
});

test("one unreadable event is skipped, wherever it comes", async () => {
  for (const text of ['{"type": "resp', "null", '{"type":"response.output_text.delta"}', "\u0000\ufffd"]) {
    for (const beforeEvent of [0, 2, 4]) {
      await using it = await scriptedSession([say("ok", { fault: { kind: "garbage", beforeEvent, text } })]);
      expect(await it.run()).toEqual({ kind: "completed" });
      const notice = ["notice model_garbage"];
      expect(it.told()).toEqual([...done.slice(0, 2), ...notice, ...done.slice(2)]);
    }
  }
});

test("an answer in pieces of one byte is the same answer", async () => {
  await using it = await scriptedSession([say("ök ✓", { fault: { kind: "slow", bytes: 1 } })]);
  expect(await it.run()).toEqual({ kind: "completed" });
  expect(it.told()).toEqual(['started b agent ""', 'completed b agent "ök ✓" [message]', "usage.updated"]);
});
