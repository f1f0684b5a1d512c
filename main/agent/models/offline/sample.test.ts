import { execFileSync } from "node:child_process";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { DEMO_TASKS } from "#shared/agent/demo-tasks.ts";
import { createSampleProject } from "./sample.ts";
import { startDemo } from "./testing/drive.ts";
import { inParallel, runProgram } from "./testing/folders.ts";

test("the sample project is a clean repository on main with one commit", async () => {
  await using dir = await tempDir();
  const folder = path.join(dir.path, "new", "shop");
  expect(await createSampleProject(folder)).toEqual({ ok: true, value: undefined });
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, encoding: "utf8" });
  expect(git("status", "--porcelain", "--branch")).toBe("## main\n");
  expect(git("log", "--format=%an <%ae> %s")).toBe(
    "Oriel <sample@oriel.invalid> Shop: cart, prices and a small server\n",
  );
  expect(await runProgram("node", ["--test", "--test-reporter=dot"], folder)).toMatchObject({ exitCode: 0 });
});

test("a folder with something in it is left alone", async () => {
  await using dir = await tempDir();
  await writeFile(path.join(dir.path, "mine.txt"), "mine");
  expect(await createSampleProject(dir.path)).toMatchObject({
    ok: false,
    failure: { code: "folder_not_empty" },
  });
  expect(await readdir(dir.path)).toEqual(["mine.txt"]);
});

test("the four demo tasks do their work on the sample project", async () => {
  await using demo = await startDemo();
  await using dir = await tempDir();
  const played = await inParallel(DEMO_TASKS, 2, async ({ title, task }) => {
    const folder = path.join(dir.path, title);
    await createSampleProject(folder);
    return { folder, ...(await demo.drive(folder, task)) };
  });
  const [tests, lint, docs, container] = played;
  const read = (place: { folder: string } | undefined, file: string) =>
    readFile(path.join(place?.folder ?? "", file), "utf8");

  expect(tests?.text).toContain("**Bug fixed** in `bulkRate` (`src/discounts.js`): `>` instead of `>=`.");
  expect(await read(tests, "src/discounts.js")).toContain("if (pieces >= 10) return 0.05;");
  expect(await runProgram("node", ["--test", "--test-reporter=dot"], tests?.folder ?? "")).toMatchObject({
    exitCode: 0,
  });

  expect(await runProgram("node", ["scripts/lint.js"], lint?.folder ?? "")).toEqual({
    exitCode: 0,
    output: "lint: clean\n",
  });
  expect(lint?.text).toContain("had 14 findings. I fixed 14");
  expect(lint?.text).toContain("`node --test`: 4 passed, 0 failed.");

  const page = await read(docs, "docs/API.md");
  expect(
    ["addItem", "bulkRate", "createShop", "findProduct", "quote", "shipsFree", "PRODUCTS"].filter(
      (name) => !page.includes(`### \`${name}\``),
    ),
  ).toEqual([]);

  expect(await read(container, "Dockerfile")).toBe(
    'FROM node:20-slim\nENV NODE_ENV=production\nENV PORT=8080\nENV HOST=0.0.0.0\nWORKDIR /app\nCOPY package.json ./\nCOPY src/ ./src/\nUSER node\nEXPOSE 8080\nCMD ["node", "src/server.js"]\n',
  );
});
