import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { violation } from "./boundaries.mjs";

const root = path.join(import.meta.dirname, "../..");

test.each([
  ["app/host/main.ts", "#main/host.ts"],
  ["app/cli/run.ts", "../../shared/session/events.ts"],
  ["app/electron/window.ts", "electron"],
  ["main/storage/log.ts", "better-sqlite3"],
  ["main/storage/log.ts", "./open.ts"],
  ["main/storage/log.ts", "#main/kernel/data-dir.ts"],
  ["main/storage/log.ts", "node:fs"],
  ["main/session/actor.ts", "#main/git/worktree.ts"],
  ["main/host.ts", "#main/storage/log.ts"],
  ["renderer/shell/app.tsx", "react"],
  ["renderer/shell/app.tsx", "#shared/session/events.ts"],
  ["shared/session/events.ts", "zod"],
  ["e2e/ground/sqlite.test.ts", "better-sqlite3"],
  ["scripts/anything.mjs", "#main/host.ts"],
  ["vite.config.ts", "vite"],
])("%s may import %s", (file, specifier) => {
  expect(violation(file, specifier)).toBeNull();
});

test.each([
  ["main/host.ts", "#app/host/main.ts", "main/ must not import app/"],
  ["main/git/run.ts", "../../renderer/shell/app.tsx", "main/ must not import renderer/"],
  ["main/git/run.ts", "../../scripts/bootstrap/main.mjs", "main/ must not import scripts/"],
  ["main/git/run.ts", "../../node_modules/electron/index.js", "main/ must not import node_modules/"],
  ["main/git/run.ts", "/etc/anything.js", "an absolute path is a place on one machine"],
  [
    "main/git/run.ts",
    "#main/storage/log.ts",
    "main/git must not know main/storage: let main/session or main/host.ts wire them",
  ],
  [
    "main/kernel/x.ts",
    "../git/run.ts",
    "main/kernel must not know main/git: let main/session or main/host.ts wire them",
  ],
  [
    "main/git/run.ts",
    "#main/host.ts",
    "main/git must not know main/host.ts: let main/session or main/host.ts wire them",
  ],
  ["main/git/run.ts", "electron", "only app/electron may import electron"],
  ["main/git/run.ts", "electron/main", "only app/electron may import electron"],
  ["main/git/run.ts", "node-pty", "only main/daemon may import node-pty"],
  ["app/host/main.ts", "react-dom/client", "only renderer may import react-dom"],
  ["shared/session/events.ts", "#main/host.ts", "shared/ must not import main/"],
  ["shared/session/events.ts", "node:fs", "shared/ runs without Node: no node:fs"],
  ["shared/session/events.ts", "fs/promises", "shared/ runs without Node: no fs/promises"],
  ["renderer/shell/app.tsx", "node:path", "renderer/ runs without Node: no node:path"],
  ["renderer/shell/app.tsx", "#main/host.ts", "renderer/ must not import main/"],
])("%s must not import %s", (file, specifier, message) => {
  expect(violation(file, specifier)).toBe(message);
});

test("the real linter finds every way to import, and nothing else", async () => {
  await using dir = await tempDir();
  const bad = {
    import: 'import { run } from "#main/git/run.ts";\nrun();\n',
    "import-type": 'import type { Run } from "#main/git/run.ts";\nexport type Again = Run;\n',
    "export-from": 'export { run } from "#main/git/run.ts";\n',
    "export-all": 'export * from "../git/run.ts";\n',
    "side-effect": 'import "../git/run.ts";\n',
    dynamic: 'export const git = () => import("#main/git/run.ts");\n',
    "dynamic-template": "export const git = () => import(`#main/git/run.ts`);\n",
    "dynamic-hidden": "export const git = (name: string) => import(`#main/${name}/run.ts`);\n",
    "type-query": 'export type Run = import("#main/git/run.ts").Run;\n',
    "import-equals": 'import git = require("../git/run.ts");\nexport default git;\n',
    require:
      'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nexport const git: unknown = require("../git/run.ts");\n',
    "require-resolve":
      'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nexport const git = require.resolve("../git/run.ts");\n',
    "meta-resolve": 'export const git = import.meta.resolve("#main/git/run.ts");\n',
  };
  const files: Record<string, string> = {
    "main/git/run.ts": "export type Run = () => void;\nexport const run: Run = () => {};\n",
    "main/session/good.ts": 'import { run } from "#main/git/run.ts";\nrun();\n',
    "app/host/good.ts":
      'import { run } from "#main/git/run.ts";\nrun();\nexport const late = () => import("#main/git/run.ts");\n',
  };
  for (const [name, source] of Object.entries(bad)) files[`main/storage/${name}.ts`] = source;
  await plant(dir.path, files);

  const found = await lint(dir.path);

  const expected = Object.keys(bad).map((name) => `main/storage/${name}.ts`);
  expect([...new Set(found)].toSorted()).toEqual(expected.toSorted());
});

/** A tree with this repository's own lint configuration and packages. */
async function plant(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await cp(path.join(root, "scripts/lint"), path.join(folder, "scripts/lint"), { recursive: true });
  await cp(path.join(root, ".oxlintrc.json"), path.join(folder, ".oxlintrc.json"));
  await writeFile(path.join(folder, "package.json"), await readFile(path.join(root, "package.json")));
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  for (const [name, source] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), source);
  }
}

/** The files, relative to `folder`, in which oxlint reports a breach of the import rule. */
async function lint(folder: string): Promise<string[]> {
  const args = [path.join(root, "node_modules/oxlint/bin/oxlint"), "--format", "json", "app", "main"];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => resolve(stdout));
  });
  const report: { diagnostics: { code: string; filename: string }[] } = JSON.parse(output);
  return report.diagnostics
    .filter((diagnostic) => diagnostic.code === "oriel(boundaries)")
    .map((diagnostic) =>
      path.relative(folder, path.resolve(folder, diagnostic.filename)).split(path.sep).join("/"),
    );
}
