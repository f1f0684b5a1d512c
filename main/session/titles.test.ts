import { expect, test } from "vitest";
import { distinctTitle, slugOf, titleOf } from "./titles.ts";

test.each([
  ["Add tests", "Add tests"],
  ["  ## Fix the lint\nand more", "Fix the lint"],
  ["\n\n", "Untitled"],
  [
    "Write the documentation of every public function that the package exports, please",
    "Write the documentation of every public function that the…",
  ],
  ["x".repeat(100_000), `${"x".repeat(60)}…`],
])("titles %j", (task, title) => {
  expect(titleOf(task)).toBe(title);
});

test("no two titles are alike", () => {
  expect(distinctTitle("Add tests", new Set(["Add tests", "Add tests (2)"]))).toBe("Add tests (3)");
});

test.each([
  ["Add tests", "add-tests"],
  ["Überprüfe: ../../etc/passwd", "uberprufe-etc-passwd"],
  ["日本語", "session"],
  ["--x--", "x"],
])("slugs %j", (title, slug) => {
  expect(slugOf(title)).toBe(slug);
});
