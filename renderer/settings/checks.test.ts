import { expect, test } from "vitest";
import { checkBaseUrl, checkKey, checkModel, checkPlaces } from "./checks.ts";

const value = (result: { ok: true; value: unknown } | { ok: false; problem: string }) =>
  result.ok ? result.value : "wrong";

test.each([
  ["", null],
  ["  ", null],
  [" https://api.openai.com/v1 ", "https://api.openai.com/v1"],
  ["http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"],
  ["api.openai.com/v1", "wrong"],
  ["localhost:8080", "wrong"],
  ["ftp://host/v1", "wrong"],
  ["javascript:alert(1)", "wrong"],
  ["https://me:secret@host/v1", "wrong"],
  ["https://host/v1?key=1", "wrong"],
  ["https://host/v1#x", "wrong"],
])("the address %j is %j", (text, expected) => {
  expect(value(checkBaseUrl(text))).toBe(expected);
});

test.each([
  ["", null],
  ["1", 1],
  [" 64 ", 64],
  ["0", "wrong"],
  ["65", "wrong"],
  ["-1", "wrong"],
  ["2.5", "wrong"],
  ["1e1", "wrong"],
  ["many", "wrong"],
])("%j places are %j", (text, expected) => {
  expect(value(checkPlaces(text))).toBe(expected);
});

test("names of models and keys are taken without what was pasted around them", () => {
  expect([" gpt-5.3 ", "", "my model", "x".repeat(201)].map((text) => value(checkModel(text)))).toEqual([
    "gpt-5.3",
    null,
    "wrong",
    "wrong",
  ]);
  expect([" sk-abc_1\n", " ", "sk abc", "sk-äöü"].map((text) => value(checkKey(text)))).toEqual([
    "sk-abc_1",
    "wrong",
    "wrong",
    "wrong",
  ]);
});
