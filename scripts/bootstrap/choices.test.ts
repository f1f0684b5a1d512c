import { chmod, mkdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { digestOf } from "./build.mjs";
import { findChromium } from "./chromium.mjs";
import { stampOf } from "./dependencies.mjs";
import { findProgram } from "./find-program.mjs";
import { chooseNode, PINNED } from "./node.mjs";
import { personEnv, personFolder } from "./person-env.mjs";
import { chooseMeans, missingPackages } from "./system.mjs";
import { total } from "./test.mjs";

const posix = process.platform !== "win32";

test("the pinned Node is used as it is, others are replaced, and where none can be brought any 24 will do", () => {
  const kind = (version: string, platform: string) => chooseNode({ version, platform }).kind;
  expect(kind(PINNED, "linux-x64")).toBe("running");
  expect(kind("20.20.2", "linux-x64")).toBe("bring");
  expect(kind("24.20.0", "linux-x64")).toBe("bring");
  expect(kind("24.1.0", "darwin-arm64")).toBe("running");
  expect(kind("20.20.2", "darwin-arm64")).toBe("none");
  expect(kind("26.0.0", "freebsd-x64")).toBe("none");
});

test("only a machine that nobody sits at is installed into without a question", () => {
  const root = { root: true, apt: true, ci: false, terminal: false };
  expect(chooseMeans(root)).toBe("install");
  expect(chooseMeans({ ...root, terminal: true })).toBe("ask");
  expect(chooseMeans({ ...root, terminal: true, ci: true })).toBe("install");
  expect(chooseMeans({ ...root, root: false, ci: true })).toBe("tell");
  expect(chooseMeans({ ...root, apt: false })).toBe("tell");
});

test.runIf(posix)("programs are looked for on PATH, executable ones only", async () => {
  await using dir = await tempDir();
  const program = path.join(dir.path, "rg");
  await writeFile(program, "#!/bin/sh\n");
  const env = { PATH: dir.path, ORIEL_CHROMIUM: "/somewhere/chromium" };
  expect(findProgram(["rg"], env)).toBeNull();
  await chmod(program, 0o755);
  expect(findProgram(["nothing", "rg"], env)).toBe(program);
  expect(missingPackages({ tests: true }, env)).toEqual(["bubblewrap", "socat"]);
  expect(findChromium(env)).toBe("/somewhere/chromium");
});

test("an installation is known by its lock file", () => {
  const stamp = stampOf(Buffer.from("{}"));
  expect(stampOf(Buffer.from("{}"))).toBe(stamp);
  expect(stampOf(Buffer.from("{ }"))).not.toBe(stamp);
});

test("a build is stale after a source was changed, added or removed, but not after a test was", async () => {
  await using dir = await tempDir();
  const file = path.join(dir.path, "main", "x.ts");
  await mkdir(path.dirname(file));
  await writeFile(file, "1");
  const sources = [path.join(dir.path, "main"), path.join(dir.path, "renderer")];
  const before = digestOf(sources);

  await writeFile(path.join(dir.path, "main", "x.test.ts"), "1");
  expect(digestOf(sources)).toBe(before);
  await utimes(file, 1, 1);
  const touched = digestOf(sources);
  expect(touched).not.toBe(before);
  await writeFile(path.join(dir.path, "main", "y.ts"), "1");
  expect(digestOf(sources)).not.toBe(touched);
});

test.runIf(posix)("an agent sees the person's environment, not npm's nor our tools", () => {
  const env = {
    HOME: "/home/ada",
    npm_config_cache: "/cache",
    npm_config_loglevel: "silent",
    npm_config_ignore_scripts: "true",
    npm_config_prefix: "/usr",
    NODE: "/usr/bin/node",
    npm_lifecycle_event: "oriel",
    npm_package_name: "oriel",
    npm_execpath: "/usr/lib/npm-cli.js",
    INIT_CWD: "/home/ada/acme",
    PATH: [
      "/src/oriel/node_modules/.bin",
      "/src/node_modules/.bin",
      "/node_modules/.bin",
      "/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin",
      "/home/ada/acme/node_modules/.bin",
      "/usr/bin",
    ].join(":"),
  };
  expect(personEnv(env, "/src/oriel")).toEqual({
    HOME: "/home/ada",
    npm_config_cache: "/cache",
    PATH: "/home/ada/acme/node_modules/.bin:/usr/bin",
  });
  expect(personEnv({ NODE: "mine", PATH: "/node_modules/.bin" }, "/src/oriel")).toEqual({
    NODE: "mine",
    PATH: "/node_modules/.bin",
  });
  expect(personFolder(env, "oriel")).toBe("/home/ada/acme");
  expect(personFolder(env, "start")).toBe(process.cwd());
});

test("the closing line counts failed checks, and a vitest that failed or never counted", () => {
  const green = { passed: 3, failed: 0, skipped: 1 };
  expect(total(green, 0, 0)).toEqual(green);
  expect(total(green, 2, 0)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  expect(total(green, 0, 1)).toEqual({ passed: 3, failed: 1, skipped: 1 });
  expect(total({ ...green, failed: 2 }, 0, 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  expect(total(null, 0, 134)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
