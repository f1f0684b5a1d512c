import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { makeLintVariation, makeServerVariation } from "../testing/chores.ts";
import { startDemo } from "../testing/drive.ts";
import { runProgram, writeTree } from "../testing/folders.ts";
import { makeVariation } from "../testing/variation.ts";

test.for([
  [2, "compact"],
  [11, "columns"],
  [5, "stylish"],
  [20, "none"],
] as const)("lint: cleans variation %s, findings as %s", async ([seed, format]) => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const { files, path: module, clean } = makeLintVariation(seed, format);
  await writeTree(dir.path, files);
  const { text } = await demo.drive(dir.path, "Fix the lint findings");
  expect(await readFile(path.join(dir.path, module), "utf8")).toBe(clean.replace(/^\n+/, ""));
  expect(text).toContain("The linter is clean now.");
  if (format !== "none") {
    expect(await runProgram("node", ["tools/lint.mjs"], dir.path)).toEqual({
      exitCode: 0,
      output: "lint: clean\n",
    });
  }
});

test("lint: leaves what it can't fix for sure, and names it", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const source =
    "export function f(list) {\n  if (list) {\n    var found = list[0];\n  }\n  return found;\n}\n";
  await writeTree(
    dir.path,
    new Map([
      ["package.json", "{}"],
      ["src/f.js", source],
    ]),
  );
  const { text } = await demo.drive(dir.path, "lint");
  expect(text).toContain(
    "Left for a person, because the right fix is not certain:\n- src/f.js:3 `var` instead of `let` or `const`",
  );
  expect(await readFile(path.join(dir.path, "src/f.js"), "utf8")).toBe(source);
});

test.for([4, 9, 17, 38])("docs: page of variation %s has every export with its words", async (seed) => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const { files, names } = makeVariation(seed);
  await writeTree(dir.path, files);
  const { text } = await demo.drive(dir.path, "Write API docs");
  const page = await readFile(path.join(dir.path, "docs/API.md"), "utf8");
  expect(
    names.filter((name) => !page.includes(`### \`${name}\``) || !page.includes(`function ${name}(`)),
  ).toEqual([]);
  expect(text).toContain("Checked: every export is in it.");
  const examples = [...files.values()].flatMap(
    (source) => source.match(/(?<=^ \* ).*(?=\s(\/\/)\s)/gm) ?? [],
  );
  expect(examples.length).toBeGreaterThan(4);
  expect(examples.filter((example) => !page.includes(example))).toEqual([]);
});

test("docs: a page that a person wrote is completed, not replaced; a second time changes nothing", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const source =
    "/** Adds. */\nexport const add = (a, b) => a + b;\n\n/** Takes away. */\nexport const minus = (a, b) => a - b;\n";
  await writeTree(
    dir.path,
    new Map([
      ["package.json", "{}"],
      ["a.mjs", source],
      ["docs/API.md", "# Mine\n\n`add` is great.\n"],
    ]),
  );
  await demo.drive(dir.path, "docs");
  const page = await readFile(path.join(dir.path, "docs/API.md"), "utf8");
  expect(page).toBe(
    "# Mine\n\n`add` is great.\n\n## a.mjs\n\n### `minus`\n\n```js\nfunction minus(a, b)\n```\n\nTakes away.\n",
  );
  await demo.drive(dir.path, "docs");
  expect(await readFile(path.join(dir.path, "docs/API.md"), "utf8")).toBe(page);
});

test.for([1, 2, 3, 4, 5, 6])("container: Dockerfile of server variation %s is valid", async (seed) => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const { files, entry, port, node } = makeServerVariation(seed);
  await writeTree(dir.path, files);
  const { text } = await demo.drive(dir.path, "Write a Dockerfile");
  const lines = (await readFile(path.join(dir.path, "Dockerfile"), "utf8")).split("\n");
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const copied = after("COPY").flatMap((line) => line.split(" ").slice(0, -1));
  expect(after("FROM")).toEqual([`node:${node}-slim`]);
  expect(after("EXPOSE")).toEqual([String(port)]);
  expect(after("CMD")).toEqual([JSON.stringify(["node", entry]).replace(",", ", ")]);
  expect(copied.filter((source) => !existsSync(path.join(dir.path, source)))).toEqual([]);
  const needed = [...files.keys()];
  expect(
    needed.filter(
      (file) =>
        !copied.some((source) => file === source || (source.endsWith("/") && file.startsWith(source))),
    ),
  ).toEqual([]);
  expect(after("RUN")).toEqual(files.has("package-lock.json") ? ["npm ci --omit=dev"] : []);
  expect(text).toContain("Checked without building: every COPY source exists");
});

test("container: keeps a Dockerfile that is there, and says what is wrong with it", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const own = 'FROM node:20\nCOPY gone/ ./gone/\nCMD ["node", "server.js"]\n';
  const server = 'require("node:http").createServer().listen(8080, "127.0.0.1");\n';
  await writeTree(
    dir.path,
    new Map([
      ["package.json", "{}"],
      ["server.js", server],
      ["Dockerfile", own],
    ]),
  );
  const { text } = await demo.drive(dir.path, "containerize it");
  expect(await readFile(path.join(dir.path, "Dockerfile"), "utf8")).toBe(own);
  expect(text).toContain(
    "The check found a problem:\nCOPY of gone/: no such file\nCMD: server.js is not in the image",
  );
  expect(text).toContain("the server listens on this machine only");
});

test("container: a library gets none", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  await writeTree(
    dir.path,
    new Map([
      ["package.json", "{}"],
      ["index.js", "exports.a = 1;\n"],
    ]),
  );
  const { text, input } = await demo.drive(dir.path, "dockerize");
  expect(text).toContain("A library needs no container, so I changed nothing.");
  expect(input.filter((item) => item["name"] === "apply_patch")).toEqual([]);
});
