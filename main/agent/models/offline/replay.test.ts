import { beforeAll, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { readConversation } from "./conversation.ts";
import { nextReply } from "./replay.ts";
import { startDemo } from "./testing/drive.ts";
import { createSampleProject } from "./sample.ts";

type Item = Record<string, unknown>;

const person = (text: string): Item => ({ role: "user", content: [{ type: "input_text", text }] });
const CONTINUE = person(
  "Continue where you left off. The turn before this one was cut off; results say what became of them.",
);
const reply = (input: readonly Item[]) => nextReply(readConversation([...input]));

let whole: readonly Item[] = [];
/** Where each reply of the model begins. */
let starts: number[] = [];

beforeAll(async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  await createSampleProject(dir.path);
  whole = (await demo.drive(dir.path, "Fix the lint findings")).input;
  const isModel = (item: Item | undefined) =>
    item?.["type"] === "function_call" || item?.["role"] === "assistant";
  starts = whole.flatMap((item, at) => (isModel(item) && !isModel(whole[at - 1]) ? [at] : []));
});

test("every cut of a conversation leads to the same next step, whatever is said to continue", () => {
  expect(starts.length).toBeGreaterThan(8);
  for (const start of starts) {
    const before = whole.slice(0, start);
    const expected = reply(before);
    expect(reply([...before, CONTINUE])).toEqual(expected);
    expect(
      reply([
        { role: "developer", content: "Be brief." },
        person("<environment>\ntests\n</environment>"),
        ...before,
      ]),
    ).toEqual(expected);
  }
});

test.for([
  "interrupted: the host ended",
  "stopped by the person before it ran",
  "nothing was written: stopped by the person",
  "This call never ran: the app ended before it started. Call it again if it is still needed.",
  "The app ended during this call, and it is not known how far it came.",
  "exit_code: none (SIGKILL)\nduration_ms: 5\nnote: the person stopped the turn; the command was ended\noutput:\n",
])("calls that were lost are asked for again: %s", (lost) => {
  for (const [index, start] of starts.slice(0, -1).entries()) {
    const upTo = whole.slice(0, starts[index + 1]);
    const cut = upTo.map((item, at) =>
      at > start && item["type"] === "function_call_output" ? { ...item, output: lost } : item,
    );
    expect(reply([...cut, CONTINUE]).calls).toEqual(reply(whole.slice(0, start)).calls);
  }
});

test("of a step that was cut in the middle only the lost call is repeated", () => {
  const [first = 0, second] = starts;
  const last = whole.slice(first, second).findLast((item) => item["type"] === "function_call");
  const upTo = whole
    .slice(0, second)
    .filter((item) => !(item["type"] === "function_call_output" && item["call_id"] === last?.["call_id"]));
  expect(reply(upTo)).toEqual({
    text: "",
    calls: [{ name: last?.["name"], args: JSON.parse(String(last?.["arguments"])) }],
  });
});

test("a word of the person on the way is answered honestly and changes nothing", () => {
  for (const start of starts.slice(1, -1)) {
    const before = whole.slice(0, start);
    const steered = reply([...before, person("Please use tabs and run the tests too")]);
    expect(steered.calls).toEqual(reply(before).calls);
    expect(steered.text).toContain("cannot take this into account: “Please use tabs and run the tests too”");
  }
});

test("after the end a new message is a new task; continue is not", () => {
  expect(reply([...whole, CONTINUE])).toEqual(reply(whole.slice(0, starts.at(-1))));
  expect(reply([...whole, person("Now write a Dockerfile")]).text).toBe(
    "I find out what this project needs to run.",
  );
  expect(reply([...whole, person("Thanks!")]).text).toContain("none fits this task");
});

test("a refused command ends the work with the reason, and is tried again on continue", () => {
  const shell = whole.findIndex((item) => item["name"] === "shell");
  const start = starts.findLast((at) => at < shell) ?? 0;
  const end = starts.find((at) => at > shell);
  const refused = whole
    .slice(0, end)
    .map((item) =>
      item["type"] === "function_call_output" && item["call_id"] === whole[shell]?.["call_id"]
        ? { ...item, output: "not run: the person said no." }
        : item,
    );
  const stopped = reply(refused);
  expect(stopped.calls).toEqual([]);
  expect(stopped.text).toContain("I could not run `node scripts/lint.js`: not run: the person said no.");
  const again = reply([...refused, { type: "message", role: "assistant", content: stopped.text }, CONTINUE]);
  expect(again.calls).toEqual(reply(whole.slice(0, start)).calls.filter((call) => call.name === "shell"));
});

test("chooses by what the task names first, and says what there is otherwise", () => {
  const first = (task: string) => reply([person(task)]).text;
  expect(first("Add tests, then fix lint")).toBe("I look for exported functions that no test uses yet.");
  expect(first("Fix LINT and keep the tests green")).toBe("I look how this project is linted.");
  expect(first("Document the API")).toBe("I read the sources and what their comments say.");
  expect(first("Please containerise? no: containerize this")).toBe(
    "I find out what this project needs to run.",
  );
  expect(reply([])).toEqual({ text: first("Make it faster"), calls: [] });
  expect(first("Make it faster")).toContain("I changed nothing.");
});
