import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { startDemo } from "../testing/drive.ts";
import { inParallel, runProgram, writeTree } from "../testing/folders.ts";
import { readTap } from "./tests/test-run.ts";
import { hiddenCheckProgram } from "../testing/hidden-check.ts";
import { BUG_COUNT, makeVariation } from "../testing/variation.ts";

const TASK = "Add the missing tests and fix the bug that they find.";

/** Seeds that are spread over all kinds of bugs. */
const SEEDS = Array.from({ length: 22 }, (_, index) => (index * 7 + 1) % BUG_COUNT);

test("finds and fixes the bug of every variation by its documentation", { timeout: 180_000 }, async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const played = await inParallel(SEEDS, 3, async (seed) => {
    const variation = makeVariation(seed);
    const folder = path.join(dir.path, `v${seed}`);
    await writeTree(folder, variation.files);
    const { text } = await demo.drive(folder, TASK);
    return { variation, folder, text };
  });

  const unsaid = played.filter(
    ({ variation, text }) => !text.includes(`**Bug fixed** in \`${variation.buggy.name}\``),
  );
  expect(unsaid.map(({ variation, text }) => ({ title: variation.title, text }))).toEqual([]);

  const hidden = played.map(({ variation: { buggy }, folder }) => ({
    ...buggy,
    file: path.join(folder, buggy.path),
  }));
  const program = path.join(dir.path, "check.mjs");
  await writeFile(program, hiddenCheckProgram(hidden));
  expect(await runProgram(process.execPath, [program], dir.path)).toEqual({ exitCode: 0, output: "[]\n" });

  const args = ["--test", "--test-isolation=none", "--test-reporter=tap", "v*/**/*.test.{js,mjs,cjs}"];
  const { exitCode, output } = await runProgram(process.execPath, args, dir.path);
  const claimed = played.map(({ text }) => Number(/: (\d+) passed, 0 failed\./.exec(text)?.[1]));
  expect({ exitCode, ...readTap(output) }).toEqual({
    exitCode: 0,
    passed: claimed.reduce((sum, count) => sum + count, 0),
    failed: 0,
    failures: [],
  });
});

test("says so where there is no room to try changes in", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const source = `/**\n * @example\n * twice(3) // => 6\n */\nexport const twice = (x) => x + 2;\n`;
  await writeTree(
    dir.path,
    new Map([
      ["package.json", manifest()],
      ["a.js", source],
    ]),
  );
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = path.join(dir.path, "gone");
  try {
    const { text } = await demo.drive(dir.path, TASK);
    expect(text).toContain("I could not try changes on a copy, so it is not fixed");
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

test("the same seed makes the same project, another seed another one", () => {
  expect(makeVariation(3)).toEqual(makeVariation(3));
  expect(makeVariation(3).files).not.toEqual(makeVariation(4).files);
});

const manifest = (scripts: Record<string, string> = {}) =>
  JSON.stringify({ name: "small", type: "module", scripts });

test("leaves a bug that it can't fix to a person, and says so", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const source = `/**\n * Greets.\n * @example\n * greet("Ada") // => "Hello, Ada!"\n */\nexport function greet(name) {\n  return "Bye " + name;\n}\n`;
  await writeTree(
    dir.path,
    new Map([
      ["package.json", manifest()],
      ["src/greet.js", source],
    ]),
  );
  const { text } = await demo.drive(dir.path, TASK);
  expect(text).toContain("**Not fixed**: `greet` (`src/greet.js`)");
  expect(text).toContain("`node --test`: 0 passed, 1 failed.");
  expect(await readFile(path.join(dir.path, "src/greet.js"), "utf8")).toBe(source);
});

test("fixes what a test that was there shows, two bugs in one file, and the helper that is to blame", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const source = [
    "function twice(x) {\n  return x + 2;\n}",
    "/**\n * @example\n * quadruple(3) // => 12\n * quadruple(0) // => 0\n */\nexport const quadruple = (x) => twice(twice(x));",
    "/** Whether `isTeen(13)` is `true` and `isTeen(20)` is `false`. */\nexport function isTeen(age) {\n  return age > 13 && age < 20;\n}",
    "export function half(x) {\n  return x * 2;\n}",
  ].join("\n\n");
  const existing = `import assert from "node:assert";\nimport { test } from "node:test";\nimport { half } from "../src/m.js";\n\ntest("half", () => assert.equal(half(6), 3));\n`;
  await writeTree(
    dir.path,
    new Map([
      ["package.json", manifest()],
      ["src/m.js", `${source}\n`],
      ["test/m.test.js", existing],
    ]),
  );
  const { text } = await demo.drive(dir.path, TASK);
  expect(text).toContain("`node --test`: 5 passed, 0 failed.");
  const right = source.replace("x * 2", "x / 2").replace("x + 2", "x * 2").replace("age > 13", "age >= 13");
  expect(await readFile(path.join(dir.path, "src/m.js"), "utf8")).toBe(`${right}\n`);
});

test.for([
  ["no package.json", { "main.py": "print(1)\n" }, "no readable package.json"],
  [
    "broken package.json",
    { "package.json": "{", "src/a.js": "export const a = 1;\n" },
    "no readable package.json",
  ],
  [
    "no JavaScript",
    { "package.json": manifest(), "src/a.ts": "export const a = 1;\n" },
    "no JavaScript source",
  ],
  [
    "another runner",
    { "package.json": manifest({ test: "jest --ci" }), "src/a.js": "export const a = 1;\n" },
    "only knows `node --test`",
  ],
  [
    "nothing documented",
    { "package.json": manifest(), "src/a.js": "export function a() {\n  return 1;\n}\n" },
    "nothing says what to expect",
  ],
] as const)("changes nothing where it has nothing to go by: %s", async ([, files, says]) => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  await writeTree(dir.path, new Map(Object.entries(files)));
  const { text, input } = await demo.drive(dir.path, TASK);
  expect(text).toContain(says);
  expect(text).toContain("I changed nothing.");
  expect(input.filter((item) => item["name"] === "apply_patch")).toEqual([]);
});
