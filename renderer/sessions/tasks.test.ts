import { expect, test } from "vitest";
import { MAX_MESSAGE } from "#shared/session/contract.ts";
import { DEFAULT_SETTINGS } from "#shared/settings/settings.ts";
import { MAX_TASKS, parseTasks, refusalOf, sessionsOf, withTexts } from "./tasks.ts";

test.each([
  ["", []],
  [" \n\t\n", []],
  ["Add tests\nFix lint\n\nWrite docs\r\n", ["Add tests", "Fix lint", "Write docs"]],
  [
    "- Add tests\n* Fix lint\n2. Write docs\n3) Build\n- [ ] Ship",
    ["Add tests", "Fix lint", "Write docs", "Build", "Ship"],
  ],
  [
    "Add tests\n  for the cart\n\tand the quotes\nFix lint",
    ["Add tests\n  for the cart\n\tand the quotes", "Fix lint"],
  ],
  ["  An indented first line", ["An indented first line"]],
  ["-1 must be refused\n3.5 must be taken", ["-1 must be refused", "3.5 must be taken"]],
  ["- ", ["-"]],
])("one task a line: %j", (text, tasks) => {
  expect(parseTasks(text, "lines")).toEqual(tasks);
});

test("all of it can be one task, as it was written", () => {
  expect(parseTasks("\n# Add tests\n\n- cart\n- quotes\n", "whole")).toEqual([
    "# Add tests\n\n- cart\n- quotes",
  ]);
  expect(parseTasks("  \n ", "whole")).toEqual([]);
});

const a = { text: "a", choice: { model: "one" } };
const b = { text: "b", choice: { model: "two" } };
const c = { text: "c", choice: { approval: "never" } } as const;
const plain = (text: string) => ({ text, choice: {} });

test.each([
  ["nothing", ["a", "b", "c"], [a, b, c]],
  ["typing in the middle", ["a", "bb", "c"], [a, { ...b, text: "bb" }, c]],
  ["a line before", ["x", "a", "b", "c"], [plain("x"), a, b, c]],
  ["a line between", ["a", "x", "b", "c"], [a, plain("x"), b, c]],
  ["a line behind", ["a", "b", "c", "x"], [a, b, c, plain("x")]],
  ["a line split", ["a", "b1", "b2", "c"], [a, { ...b, text: "b1" }, plain("b2"), c]],
  ["a line removed", ["a", "c"], [a, c]],
  ["everything removed", [], []],
  ["the same twice", ["a", "a", "b", "c"], [a, plain("a"), b, c]],
])("a task keeps its choice through %s", (_edit, texts, tasks) => {
  expect(withTexts([a, b, c], texts)).toEqual(tasks);
});

test("what can't be started says why", () => {
  expect(refusalOf([])).toBe("Write at least one task.");
  expect(refusalOf(Array.from({ length: MAX_TASKS }, () => plain("x")))).toBeNull();
  expect(refusalOf(Array.from({ length: MAX_TASKS + 1 }, () => plain("x")))).toMatch("65 tasks, and 64");
  expect(refusalOf([plain("x"), plain("x".repeat(MAX_MESSAGE + 1))])).toMatch("Task 2 is longer");
});

test("a task's own choice goes before that for all, and that before the settings", () => {
  const common = { model: "offline", sandbox: "read-only" } as const;
  expect(sessionsOf([plain("x"), a, c], common, { ...DEFAULT_SETTINGS, model: "set" })).toEqual([
    { task: "x", agent: "oriel", model: "offline", approval: "on-request", sandbox: "read-only" },
    { task: "a", agent: "oriel", model: "one", approval: "on-request", sandbox: "read-only" },
    { task: "c", agent: "oriel", model: "offline", approval: "never", sandbox: "read-only" },
  ]);
  expect(sessionsOf([plain("x")], {}, DEFAULT_SETTINGS)).toEqual([
    { task: "x", agent: "oriel", approval: "on-request", sandbox: "workspace-write" },
  ]);
});
